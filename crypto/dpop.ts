import type { KeyObject } from "node:crypto";
import { CompactSign, compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { Check } from "typebox/value";
import type { Thumbprint } from "../protocol/brand.ts";
import { DpopClaims } from "../protocol/dpop.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { Jws } from "../protocol/schema.ts";
import { PublicJwk } from "../protocol/workstation.ts";
import { equalSecret, jwkThumbprint, sha256 } from "./thumbprint.ts";

/**
 * A DPoP proof for one request. `htm` is the method; `htu` the target URI, whose query and fragment are dropped; `jti`
 * random and never used again; `iat` in seconds. With an access token, `ath` is {@link accessTokenHash} of it.
 */
export async function makeDpopProof(
  key: KeyObject,
  jwk: PublicJwk,
  claims: { htm: string; htu: string; jti: string; iat: number; ath?: string },
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify({ ...claims, htu: targetUri(claims.htu) })))
    .setProtectedHeader({ alg: jwk.kty === "EC" ? "ES256" : "EdDSA", typ: "dpop+jwt", jwk })
    .sign(key);
}

/** SHA-256 of an access token, base64url: the `ath` claim. */
export function accessTokenHash(accessToken: string): string {
  return sha256(accessToken);
}

/**
 * Verifies a DPoP proof by the steps of RFC 9449, section 4.3; throws `dpop-invalid` otherwise. `nowMs` is wall time.
 * `accessToken` is the token that came with it, null at the token endpoint. The caller still has to compare
 * `thumbprint` with the key that the token is bound to, and to refuse a `jti` seen within twice {@link limits.dpopMs}.
 */
export async function verifyDpopProof(
  jws: string,
  expected: { htm: string; htu: string; accessToken: string | null; nowMs: number },
): Promise<{ thumbprint: Thumbprint; jti: string; jwk: PublicJwk }> {
  const jwk = publicKeyOf(jws);
  const alg = jwk.kty === "EC" ? "ES256" : "EdDSA";
  let claims: unknown;
  try {
    const { payload } = await compactVerify(jws, await importJWK(jwk, alg), { algorithms: [alg] });
    claims = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(payload));
  } catch (cause) {
    throw new GenkanError("dpop-invalid", "The signature does not hold.", { cause });
  }
  if (!Check(DpopClaims, claims)) throw new GenkanError("dpop-invalid", "Its claims do not follow RFC 9449.");
  if (claims.htm !== expected.htm || !sameTarget(claims.htu, expected.htu)) {
    throw new GenkanError("dpop-invalid", "It was made for another request.");
  }
  if (Math.abs(expected.nowMs - claims.iat * 1_000) > limits.dpopMs) {
    throw new GenkanError("dpop-invalid", "Its time is too far from ours.");
  }
  const ath = expected.accessToken === null ? undefined : accessTokenHash(expected.accessToken);
  if (ath !== undefined && (claims.ath === undefined || !equalSecret(claims.ath, ath))) {
    throw new GenkanError("dpop-invalid", "It was made for another token.");
  }
  return { thumbprint: jwkThumbprint(jwk), jti: claims.jti, jwk };
}

/** The key in the header; its schema is strict, so a private member is refused too. */
function publicKeyOf(jws: string): PublicJwk {
  if (!Check(Jws, jws)) throw new GenkanError("dpop-invalid", "It is not a compact JWS.");
  let header: ReturnType<typeof decodeProtectedHeader>;
  try {
    header = decodeProtectedHeader(jws);
  } catch (cause) {
    throw new GenkanError("dpop-invalid", undefined, { cause });
  }
  if (header.typ !== "dpop+jwt") throw new GenkanError("dpop-invalid", "Its type is not dpop+jwt.");
  if (!Check(PublicJwk, header.jwk)) throw new GenkanError("dpop-invalid", "It carries no public key of a known kind.");
  return header.jwk;
}

function sameTarget(a: string, b: string): boolean {
  return URL.canParse(a) && targetUri(a) === targetUri(b);
}

/** RFC 9449, section 4.2: without query and fragment; scheme and host normalised as RFC 3986, section 6.2.2, says. */
function targetUri(uri: string): string {
  const { origin, pathname } = new URL(uri);
  return `${origin}${pathname}`;
}
