import { generateKeyPairSync } from "node:crypto";
import { signRequest } from "../../../crypto/access-request.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";

/** A key of an attacker's own computer: as good as a workstation's, but no workstation of the story has it. */
export function foreignKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = publicJwkOf(publicKey);
  return {
    /** RFC 7638 thumbprint. */
    thumbprint: jwkThumbprint(jwk),
    /** A request as a compact JWS whose signature holds. */
    sign: (asked: AccessRequest) => signRequest(asked, privateKey, jwk),
  };
}
