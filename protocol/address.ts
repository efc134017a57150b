/** What kind of place an IP literal names; `refused` for what no device can have. */
export type AddressKind = "unicast" | "loopback" | "refused";

export interface Address {
  /** One spelling for each address; an IPv4-mapped IPv6 address is spelled as the IPv4 address that it is. */
  readonly canonical: string;
  readonly kind: AddressKind;
}

/** Reads an IP literal; undefined for anything else: a name, a zone, octal, hexadecimal or short forms of IPv4. */
export function readAddress(text: string): Address | undefined {
  const four = readFour(text);
  if (four) return { canonical: four.join("."), kind: kindOfFour(four) };
  const groups = readSix(text);
  if (!groups) return undefined;
  const mapped = fourInside(groups);
  if (mapped) return { canonical: mapped.join("."), kind: kindOfFour(mapped) };
  return { canonical: groups.map((group) => group.toString(16)).join(":"), kind: kindOfSix(groups) };
}

function readFour(text: string): number[] | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function readSix(text: string): number[] | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":")) return undefined;
  // The URL parser reads all of RFC 4291's forms (WHATWG URL, section 3.5) and writes RFC 5952's.
  const url = URL.parse(`http://[${text}]`);
  if (!url) return undefined;
  const [head = "", tail] = url.hostname.slice(1, -1).split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  if (tail === undefined) return groups(head);
  const zeros = 8 - groups(head).length - groups(tail).length;
  return [...groups(head), ...Array.from({ length: zeros }, () => 0), ...groups(tail)];
}

/** ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2): the system would dial the IPv4 address. */
function fourInside(groups: readonly number[]): number[] | undefined {
  const [a = 0, b = 0] = groups.slice(6);
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  return mapped ? [a >> 8, a & 255, b >> 8, b & 255] : undefined;
}

/** RFC 6890: this network, link-local, multicast, reserved and broadcast are no devices. */
function kindOfFour([a = 0, b = 0]: readonly number[]): AddressKind {
  if (a === 127) return "loopback";
  return a === 0 || (a === 169 && b === 254) || a >= 224 ? "refused" : "unicast";
}

/**
 * RFC 4291: unspecified, link-local and multicast are no devices. Refused too is what carries an IPv4 address in
 * another form, for it could name one of those: ::/96, NAT64 (RFC 6052, RFC 8215) and 6to4 (RFC 3056).
 */
function kindOfSix(groups: readonly number[]): AddressKind {
  const [first = 0, second = 0] = groups;
  if (groups.slice(0, 7).every((group) => group === 0) && groups[7] === 1) return "loopback";
  const embedded = groups.slice(0, 6).every((group) => group === 0) || first === 0x2002;
  const nat64 = first === 0x64 && second === 0xff9b;
  const local = (first & 0xffc0) === 0xfe80 || (first & 0xff00) === 0xff00;
  return embedded || nat64 || local ? "refused" : "unicast";
}
