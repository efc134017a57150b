/** An id's kind is its prefix, so that a log line or a mix-up in a call names what it is about. */
export const idPrefixes = {
  site: "sit",
  device: "dev",
  service: "svc",
  agent: "agt",
  gateway: "gtw",
  vendor: "ven",
  contract: "ctr",
  dossier: "dos",
  subcontract: "sub",
  erasure: "era",
  attestation: "att",
  person: "per",
  membership: "mem",
  identity: "idn",
  provider: "prv",
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

/**
 * An id of one kind. What a value shows to people in its prefix the compiler holds too: the id of a session is none of a
 * grant. Made by {@link makeId}, or parsed by the schema of its kind; other files write no prefix.
 */
export type Id<K extends IdKind> = K extends IdKind ? `${(typeof idPrefixes)[K]}_${string}` : never;

/** Bytes of randomness behind an id: 80 bits, unguessable in practice, though an id never authorizes. */
export const idRandomBytes = 10;

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";

/** `<prefix>_<16 characters of Crockford base32>`; `random` is {@link idRandomBytes} bytes. */
export function makeId<K extends IdKind>(kind: K, random: Uint8Array): Id<K>;
export function makeId(kind: IdKind, random: Uint8Array): Id<IdKind> {
  return `${idPrefixes[kind]}_${base32(random.subarray(0, idRandomBytes))}`;
}

/** Whether a text is an id of this kind, as the kind's schema reads it. */
export function isId<K extends IdKind>(kind: K, text: unknown): text is Id<K> {
  return typeof text === "string" && new RegExp(idPattern(kind)).test(text);
}

export const idPattern = (kind: IdKind) => `^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{16}$`;

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
