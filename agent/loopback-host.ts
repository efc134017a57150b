/** Browsers resolve `.localhost` to the machine itself (RFC 6761), so plain http to such a host is on no wire. */
export function isLoopbackHost(host: string): boolean {
  return /\.localhost(?::\d{1,5})?$/.test(host.toLowerCase());
}
