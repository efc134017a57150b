/** An id's kind is its prefix, so that a log line or a mix-up in a call names what it is about. */
export const idPrefixes = {
  site: "sit",
  device: "dev",
  service: "svc",
  agent: "agt",
  gateway: "gtw",
  vendor: "ven",
  contract: "ctr",
  person: "per",
  authenticator: "aut",
  workstation: "wks",
  workstationKey: "wkk",
  request: "req",
  approval: "apr",
  grant: "gnt",
  session: "ses",
  lock: "lck",
  audit: "aud",
  ceremony: "cer",
  signIn: "sig",
} as const;

export type IdKind = keyof typeof idPrefixes;

/** Bytes of randomness behind an id: 80 bits, unguessable in practice, though an id never authorizes. */
export const idRandomBytes = 10;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** `<prefix>_<16 characters of Crockford base32>`; `random` is {@link idRandomBytes} bytes. */
export function makeId(kind: IdKind, random: Uint8Array): string {
  return `${idPrefixes[kind]}_${base32(random.subarray(0, idRandomBytes))}`;
}

/** Crockford's base32 in lower case, no padding; also used for random host names (RFC 1035 labels ignore case). */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}
