import { type KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import type { Static, TSchema, TString } from "typebox";
import { Check } from "typebox/value";
import type { Hash, Thumbprint } from "../protocol/brand.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { Jws } from "../protocol/schema.ts";
import type { StatementType } from "../protocol/statement.ts";
import { PublicJwk } from "../protocol/workstation.ts";
import { jwkThumbprint, sha256 } from "./thumbprint.ts";

/**
 * Hash of a statement: SHA-256(type, 0x00, exact bytes), base64url. The type is inside the hash, so that bytes signed as
 * one kind of statement never pass for another. It is the grant's hash and the WebAuthn challenge of an approval.
 */
export function statementHash(type: StatementType, bytes: Uint8Array): Hash {
  return sha256(type, Buffer.of(0), bytes);
}

/**
 * Parses the exact bytes of a statement. Throws `code` for what is not JSON, not of `schema`, names another type, or is
 * not written as `JSON.stringify` writes it: of a member that stands there twice readers may take either.
 */
export function parseStatement<S extends TSchema>(schema: S, bytes: Uint8Array, code: ErrorCode): Static<S> {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch (cause) {
    throw new GenkanError(code, "It is not JSON.", { cause });
  }
  if (!Check(schema, value)) throw new GenkanError(code, "It does not follow its schema.");
  if (JSON.stringify(value) !== text) throw new GenkanError(code, "It is not in its one form.");
  return value;
}

/** Signs a payload as compact JWS (RFC 7515) with explicit type and key id. Ed25519 keys give `EdDSA`. */
export async function signStatement(
  type: StatementType,
  payload: object,
  key: KeyObject,
  keyId: string,
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: "EdDSA", typ: type, kid: keyId })
    .sign(key);
}

/** The same for a workstation's key, which travels in the header (`jwk`) and is known by its thumbprint. */
export async function signWithJwk(
  type: StatementType,
  payload: object,
  key: KeyObject,
  jwk: PublicJwk,
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: jwk.kty === "EC" ? "ES256" : "EdDSA", typ: type, jwk })
    .sign(key);
}

/** Verifies a JWS of exactly this type by exactly this key; throws `code` otherwise. */
export async function verifyStatement<S extends TSchema>(
  type: StatementType,
  schema: S,
  jws: string,
  key: KeyObject,
  code: ErrorCode,
): Promise<Static<S>> {
  return parseStatement(schema, await bytesOf(type, jws, key, ["EdDSA"], code), code);
}

/** Verifies a JWS that carries its own key; the caller decides by the thumbprint whether that key is known. */
export async function verifyWithJwk<S extends TSchema>(
  type: StatementType,
  schema: S,
  jws: string,
  code: ErrorCode,
  /** What the JWS itself looks like: how long it may be. */
  form: TString = Jws,
): Promise<{ payload: Static<S>; bytes: Uint8Array; thumbprint: Thumbprint; jwk: PublicJwk }> {
  if (!Check(form, jws)) throw new GenkanError(code);
  let jwk: unknown;
  try {
    jwk = decodeProtectedHeader(jws).jwk;
  } catch (cause) {
    throw new GenkanError(code, undefined, { cause });
  }
  if (!Check(PublicJwk, jwk)) throw new GenkanError(code);
  const alg = jwk.kty === "EC" ? "ES256" : "EdDSA";
  let key: Awaited<ReturnType<typeof importJWK>>;
  try {
    key = await importJWK(jwk, alg);
  } catch (cause) {
    throw new GenkanError(code, undefined, { cause });
  }
  const bytes = await bytesOf(type, jws, key, [alg], code);
  return { payload: parseStatement(schema, bytes, code), bytes, thumbprint: jwkThumbprint(jwk), jwk };
}

/** The exact bytes that were signed. */
async function bytesOf(
  type: StatementType,
  jws: string,
  key: Parameters<typeof compactVerify>[1],
  algorithms: string[],
  code: ErrorCode,
): Promise<Uint8Array> {
  let result: Awaited<ReturnType<typeof compactVerify>>;
  try {
    result = await compactVerify(jws, key, { algorithms });
  } catch (cause) {
    throw new GenkanError(code, "The signature does not hold.", { cause });
  }
  if (result.protectedHeader.typ !== type) throw new GenkanError(code, "It is another kind of statement.");
  return result.payload;
}
