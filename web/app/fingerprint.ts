/** How a fingerprint is shown on both sides, so that two people can read it to each other. */
export function fingerprint(hash: string): string {
  return `SHA256:${hash}`;
}
