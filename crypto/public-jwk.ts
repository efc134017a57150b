import type { KeyObject } from "node:crypto";
import { Check } from "typebox/value";
import { GenkanError } from "../protocol/error.ts";
import { PublicJwk } from "../protocol/workstation.ts";

/** Public half of a key as JWK, members in the order of RFC 7638. Throws `bad-request` unless P-256 or Ed25519. */
export function publicJwkOf(publicKey: KeyObject): PublicJwk {
  const { crv, kty, x, y } = publicKey.export({ format: "jwk" });
  const jwk = y === undefined ? { crv, kty, x } : { crv, kty, x, y };
  if (!Check(PublicJwk, jwk)) throw new GenkanError("bad-request", "A workstation's key is P-256 or Ed25519.");
  return jwk;
}
