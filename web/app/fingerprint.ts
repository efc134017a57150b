import type { Hash, Thumbprint } from "../../protocol/brand.ts";
/** How a fingerprint is shown on both sides, so that two people can read it to each other. */
export function fingerprint(of: Hash | Thumbprint): string {
  return `SHA256:${of}`;
}
