/**
 * The network that a budget of an address is kept for: the address itself for IPv4, also where it is mapped into IPv6
 * (RFC 4291, section 2.5.5.2), and its first 64 bits for IPv6, for a host has all of those to itself (RFC 4291, section
 * 2.5.4). `address` is as the system writes it (RFC 5952); what is none is its own network.
 */
export function networkOf(address: string): string {
  const text = address.toLowerCase().replace(/%.*$/, "");
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(text)?.[1];
  if (mapped !== undefined || !text.includes(":")) return mapped ?? text;
  const [head = "", tail] = text.split("::");
  const groups = head === "" ? [] : head.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const all = [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => "0"), ...(tail ?? "").split(":")];
  return `${all.slice(0, 4).join(":")}::/64`;
}
