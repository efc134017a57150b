import type { Thumbprint } from "../../protocol/brand.ts";
import type { PublicJwk } from "../../protocol/workstation.ts";
import { toBase64Url } from "./bytes.ts";

/** Thumbprint of a public key (RFC 7638; RFC 8037 for Ed25519), computed by the page itself. */
export async function thumbprint(jwk: PublicJwk): Promise<Thumbprint> {
  const { crv, kty, x } = jwk;
  const members = jwk.kty === "EC" ? { crv, kty, x, y: jwk.y } : { crv, kty, x };
  const bytes = new TextEncoder().encode(JSON.stringify(members));
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))) as Thumbprint;
}
