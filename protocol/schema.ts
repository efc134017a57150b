import Type, { type TEnum, type TObject, type TProperties, type TSchema } from "typebox";
import type { Hash, Pin as PinText, Thumbprint as ThumbprintText, Token } from "./brand.ts";
import { limits } from "./limits.ts";

/** An object that refuses unknown members; every object that crosses a boundary is one. */
export function Strict<P extends TProperties>(properties: P): TObject<P> {
  return Type.Object(properties, { additionalProperties: false });
}

/** Body or answer of a verb that needs none. */
export const Nothing = Strict({});

/** One of a fixed set of strings. */
export const OneOf = <const T extends readonly string[]>(values: T): TEnum<T[number][]> =>
  Type.Enum<T[number][]>([...values]);

/**
 * Values by any name. Typebox asks no value of a name that `^.*$` does not match, one with a line end in it; here such a
 * name is refused.
 */
export const ByName = <T extends TSchema>(value: T) =>
  Type.Record(Type.String(), value, { additionalProperties: false });

export const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

/**
 * Days that the calendar has. `Date.parse` gives no number for others, or that of another day, and a comparison with no
 * number is false: an expiry that never comes.
 */
const leapYear = "(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)";
const day = [
  "\\d{4}-(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])",
  "\\d{4}-(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)",
  "\\d{4}-02-(?:0[1-9]|1\\d|2[0-8])",
  `${leapYear}-02-29`,
].join("|");

/** UTC instant, RFC 3339 with milliseconds: exactly what `Date.prototype.toISOString` writes up to the year 9999. */
export const Instant = Type.String({
  pattern: `^(?:${day})T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$`,
});

/** A day of the calendar, wherever it is lived. */
export const Day = Type.String({ pattern: `^(?:${day})$` });

/** Bytes, milliseconds, places in a log: as many as a number tells exactly and every store keeps. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A version or a number of things: what fits a column of 32 bits, with room to count on. */
export const SmallCount = Type.Integer({ minimum: 0, maximum: 2_000_000_000 });
export const Version = Type.Integer({ minimum: 1, maximum: 2_000_000_000 });

/** Milliseconds that a timer can wait: beyond 31 bits Node's goes off at once. */
export const DurationMs = Type.Integer({ minimum: 1, maximum: 2_000_000_000 });

/** IANA time zone name, checked against the runtime's list where it is used. */
export const ZoneName = Type.String({ minLength: 1, maxLength: 64, pattern: "^[A-Za-z0-9_+\\-/]+$" });

/** base64url without padding (RFC 4648, section 5). */
export const Base64Url = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: "^[A-Za-z0-9_-]+$" });

/** A secret that opens something once, or until it expires. */
export const TokenText = Type.Unsafe<Token>(Base64Url(64));

/** 32 bytes in base64url, whatever they mean: 43 characters. */
export const Bytes32 = Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" });

/** SHA-256 in base64url: 43 characters. */
export const Sha256 = Type.Unsafe<Hash>(Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }));

/** SHA-256 of a SubjectPublicKeyInfo: 43 characters of base64url. */
export const Pin = Type.Unsafe<PinText>(Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }));

/** RFC 7638 thumbprint of a workstation's key: 43 characters of base64url. */
export const Thumbprint = Type.Unsafe<ThumbprintText>(Type.String({ pattern: "^[A-Za-z0-9_-]{43}$" }));

/**
 * What turns, hides or breaks a line for a reader is none of these: controls, format characters, half surrogates, separators
 * of lines and paragraphs. Of the format characters the two joiners stay, with which emoji and some scripts are written.
 */
const plain = "[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]|[\\u200c\\u200d]";
const seen = "[\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Co}]";

/**
 * A stranger's words: bounded in code points (`maxLength` would count an emoji of seven as one), with something to see at
 * their begin, and nothing that changes how the words around them read. Pages show them isolated all the same.
 */
export const LineText = (maxCharacters: number) =>
  Type.String({ pattern: `^${seen}(?:${plain}){0,${maxCharacters - 1}}$` });
/** The same with line ends and tabs. */
export const LinesText = (maxCharacters: number) =>
  Type.String({ pattern: `^${seen}(?:[\\n\\t]|${plain}){0,${maxCharacters - 1}}$` });

/** Whether a schema is one of these two: words that people have typed, which a store may hold from other times. */
export const isWords = ({ pattern }: { pattern?: unknown }) =>
  typeof pattern === "string" && (pattern.startsWith(`^${seen}`) || pattern.startsWith(`^(?:${seen}`));

export const Name = LineText(limits.nameCharacters);
/** A name, or none. */
export const NameOrNone = Type.String({ pattern: `^(?:${seen}(?:${plain}){0,${limits.nameCharacters - 1}})?$` });
export const ReasonText = LinesText(limits.reasonCharacters);
export const PlanText = LinesText(limits.planCharacters);

/** An address of a page or server. */
export const Uri = Type.String({ maxLength: limits.uriCharacters });
/** What a program hands on and nobody reads: a code, a token, a key. */
export const Opaque = Type.String({ maxLength: limits.tokenCharacters });
/** What a program says of a failure. */
export const Sentence = Type.String({ maxLength: limits.sentenceCharacters });

const CompactJws = (maxLength: number) =>
  Type.String({ maxLength, pattern: "^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$" });

/** Compact JWS (RFC 7515). */
export const Jws = CompactJws(8_192);
/** One that says what is asked for, and why. */
export const RequestJws = CompactJws(limits.requestCharacters);
/** One that names every session of an agent or a gateway: it fits into one control message. */
export const LeaseJws = CompactJws(131_072);
