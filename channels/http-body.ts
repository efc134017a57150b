import type { Oddity } from "../protocol/oddity.ts";
import { listOf, valuesOf } from "./http-field.ts";
import type { AnswerHead } from "./http-head.ts";
import { UnreadableAnswer } from "./http-unreadable.ts";

/** How far a body reaches (RFC 9112, section 6.3, as Chromium reads it). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunks" }
  | { readonly kind: "until-close" };

const bodiless = new Set([204, 205, 304]);

/**
 * How far the body of this answer reaches. Throws {@link UnreadableAnswer} where two lengths differ: one reader would take
 * for the next answer what another takes for this one's body. `odd` is added to.
 */
export function framingOf(head: AnswerHead, method: string, odd: Set<Oddity>): Framing {
  const given = valuesOf(head.fields, "content-length");
  const lengths = listOf(head.fields, "content-length");
  const codings = listOf(head.fields, "transfer-encoding");
  // Chunks are of 1.1: a server of 1.0 that names them has sent its body as it is.
  const chunked = head.version === "1.1" && codings.includes("chunked");
  if (codings.length > 0 && !(chunked && codings.length === 1)) odd.add("coding");
  const one = given.length === 0 || (given.length === 1 && /^\d+$/.test(given[0] as string));
  if (!one || (chunked && given.length > 0)) odd.add("lengths");
  if (!chunked && new Set(lengths).size > 1) throw new UnreadableAnswer("two-lengths", linesOf(given));
  if (method === "HEAD" || head.status < 200 || bodiless.has(head.status)) return { kind: "none" };
  if (odd.has("head-cut-short")) return { kind: "none" };
  if (chunked) return { kind: "chunks" };
  const [length = ""] = lengths;
  // No number, or one that nobody could count to: the end of the connection is the end of the body.
  if (!/^\d+$/.test(length) || !Number.isSafeInteger(Number(length))) return { kind: "until-close" };
  return { kind: "length", bytes: Number(length) };
}

const linesOf = (lengths: readonly string[]) =>
  Buffer.from(lengths.map((one) => `Content-Length: ${one}`).join(" / "), "latin1");

/** What of some bytes belongs to a body; what is behind its end is the rest. `broken`: where it ends can't be known. */
export interface Taken {
  readonly pieces: readonly Buffer[];
  readonly over: boolean;
  readonly broken: boolean;
  readonly rest: Buffer;
}

/** Takes a body out of a connection's bytes. */
export interface BodyReader {
  read(bytes: Buffer): Taken;
  /** The connection has ended: whether that was the body's end too. */
  ended(): boolean;
}
