import type { Hash, Pin, Thumbprint } from "../../protocol/brand.ts";
/** How a fingerprint is shown on both sides, so that two people can read it to each other. */
export function fingerprint(of: Pin | Thumbprint | Hash): string {
  return `SHA256:${of}`;
}
