import { createHash, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Hash, Pin, Thumbprint } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { PublicJwk } from "../protocol/workstation.ts";

/** Of all parts, one after another: base64url, as every hash on the wire and in the store is written. */
export function sha256(...parts: (string | Uint8Array)[]): Hash {
  return digest(...parts) as Hash;
}

function digest(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("base64url");
}

/** SHA-256 of a key's SubjectPublicKeyInfo, base64url: what is pinned in TLS. */
export function pinOf(publicKey: KeyObject): Pin {
  return digest(publicKey.export({ type: "spki", format: "der" })) as Pin;
}

/** RFC 7638 thumbprint of a workstation's key: members in lexical order, no white space. */
export function jwkThumbprint(jwk: PublicJwk): Thumbprint {
  return digest(
    jwk.kty === "EC"
      ? JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x, y: jwk.y })
      : JSON.stringify({ crv: jwk.crv, kty: jwk.kty, x: jwk.x }),
  ) as Thumbprint;
}

const fingerprintPattern = /^SHA256:([A-Za-z0-9_-]{43})$/;

/** How a key or a statement is shown to people and typed in commands. */
export function fingerprint(of: Pin | Thumbprint | Hash): string {
  return `SHA256:${of}`;
}

/** Reads what {@link fingerprint} wrote of a part's key; throws `bad-request` for anything else. */
export function parseFingerprint(text: string): Pin {
  return parsed(text) as Pin;
}

/** The same of a statement's hash, such as a list of approvers'. */
export function parseHash(text: string): Hash {
  return parsed(text) as Hash;
}

function parsed(text: string): string {
  const match = fingerprintPattern.exec(text.trim());
  if (!match?.[1]) throw new GenkanError("bad-request", "A fingerprint looks like SHA256: and 43 characters.");
  return match[1];
}

/** Equality in time that depends on the lengths only. */
export function equalSecret(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const left = createHash("sha256").update(a).digest();
  const right = createHash("sha256").update(b).digest();
  return timingSafeEqual(left, right);
}
