import Type from "typebox";
import { Base64Url, Strict } from "./schema.ts";

/** Where a key of a workstation is kept: by a browser (WebCrypto, not exportable) or by the command line. */
export const workstationKeyKinds = ["browser", "cli"] as const;
export type WorkstationKeyKind = (typeof workstationKeyKinds)[number];

/** What two labels have in common when a person who reads them may take one for the other: case, width and spaces are alike. */
export function labelKey(label: string): string {
  return label.normalize("NFKC").toLowerCase().replace(/\s+/gu, " ").trim();
}

/** Public key of a workstation: P-256 from a browser or Ed25519 from the command line (RFC 7517, RFC 8037). */
export const PublicJwk = Type.Union([
  Strict({ kty: Type.Literal("EC"), crv: Type.Literal("P-256"), x: Base64Url(64), y: Base64Url(64) }),
  Strict({ kty: Type.Literal("OKP"), crv: Type.Literal("Ed25519"), x: Base64Url(64) }),
]);
export type PublicJwk = Type.Static<typeof PublicJwk>;
