import { limits } from "../protocol/limits.ts";
import type { Oddity } from "../protocol/oddity.ts";
import type { Fields } from "./http-field.ts";
import { UnreadableAnswer } from "./http-unreadable.ts";

/** The head of a device's answer as Chromium would read it. */
export interface AnswerHead {
  /** `0.9`: there is no head, all bytes are body. */
  readonly version: "0.9" | "1.0" | "1.1";
  readonly status: number;
  readonly phrase: string;
  readonly fields: Fields;
  readonly odd: ReadonlySet<Oddity>;
}

/** Chromium passes over so many bytes before "HTTP", for servers that sent too much with the answer before. */
const slop = 4;
const lf = 10;
const cr = 13;

/**
 * Where the head ends, and undefined while more bytes are needed: behind the first line feed that follows another at once,
 * or with one carriage return between them.
 */
export function headLength(bytes: Buffer): number | undefined {
  for (let at = bytes.indexOf(lf); at >= 0; at = bytes.indexOf(lf, at + 1)) {
    if (bytes[at + 1] === lf) return at + 2;
    if (bytes[at + 1] === cr && bytes[at + 2] === lf) return at + 3;
  }
  return undefined;
}

/**
 * Reads the head of an answer from the first bytes of a connection: undefined while more are needed, otherwise the head
 * and how many bytes it takes. `ended`: no more will come. Throws {@link UnreadableAnswer} for what Chromium does not show
 * either, and for what two readers could take for two things.
 */
export function readHead(
  bytes: Buffer,
  o: { ended: boolean; bare: boolean },
): { head: AnswerHead; length: number } | undefined {
  const start = statusAt(bytes);
  if (start < 0) {
    if (!o.ended && bytes.length < slop + 4) return undefined;
    if (bytes.length === 0) throw new UnreadableAnswer("no-answer", bytes);
    if (!o.bare) throw new UnreadableAnswer("not-http", bytes);
    const odd = new Set<Oddity>(["status-line"]);
    return { head: { version: "0.9", status: 200, phrase: "OK", fields: [], odd }, length: 0 };
  }
  const whole = headLength(bytes);
  const length = whole ?? bytes.length;
  if (length > limits.deviceHeadBytes) throw new UnreadableAnswer("head-too-large", bytes);
  if (whole === undefined && !o.ended) return undefined;
  const head = parseHead(bytes.toString("latin1", start, length));
  if (start > 0) head.odd.add("status-line");
  if (whole === undefined) head.odd.add("head-cut-short");
  return { head, length };
}

/** Where "HTTP" stands, if it stands near the front. */
function statusAt(bytes: Buffer): number {
  return /http/i.exec(bytes.toString("latin1", 0, slop + 4))?.index ?? -1;
}

function parseHead(text: string): AnswerHead & { odd: Set<Oddity> } {
  // What a C program takes for the end of a string, others read over.
  if (text.includes("\0")) throw new UnreadableAnswer("head-with-zero", Buffer.from(text, "latin1"));
  const odd = new Set<Oddity>();
  if (/(^|[^\r])\n/.test(text)) odd.add("line-ends");
  // A carriage return alone ends a line too, and empty lines are no lines.
  const [first = "", ...rest] = text.split(/[\r\n]+/);
  const status = parseStatus(first, odd);
  return { ...status, fields: parseFields(rest, odd), odd };
}

function parseStatus(line: string, odd: Set<Oddity>): Pick<AnswerHead, "version" | "status" | "phrase"> {
  if (!/^HTTP\/1\.[01] [1-9]\d\d( |$)/.test(line)) odd.add("status-line");
  const [, major, minor] = /^http\/(\d)\d*\.(\d)/i.exec(line) ?? [];
  // Whatever is beyond 1.1 is read as 1.1, and whatever can't be read as 1.0, which has no chunks.
  const version = Number(major ?? 1) * 10 + Number(minor ?? 0) >= 11 ? "1.1" : "1.0";
  const [, code, phrase = ""] = /^\S* +(\d+) *(.*)$/.exec(line) ?? [];
  const number = code === undefined ? 200 : Number(code);
  // A status that no browser's connection can carry says nothing that a page would show.
  const sendable = number >= 100 && number <= 999;
  return { version, status: sendable ? number : 200, phrase: sendable && code !== undefined ? phrase : "OK" };
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const blanks = /^[ \t]+|[ \t]+$/g;
/** What no field of a clean message holds. */
const unclean = /[^\t\x20-\x7e\x80-\xff]/g;

/** Lines that are no fields are passed over; a line that begins with a blank goes on with the field before it. */
function parseFields(lines: readonly string[], odd: Set<Oddity>): string[] {
  const fields: string[] = [];
  let open = false;
  for (const line of lines) {
    if (line === "") continue;
    const colon = line.indexOf(":");
    const folded = /^[ \t]/.test(line);
    const value = (folded && open ? line : line.slice(colon + 1)).replace(blanks, "");
    const clean = value.replace(unclean, "");
    const name = line.slice(0, Math.max(0, colon)).replace(blanks, "");
    if (folded && open) {
      odd.add("fields");
      fields.push(`${fields.pop()} ${clean}`);
      continue;
    }
    open = colon > 0 && !folded && token.test(name);
    if (!open || name.length !== colon || clean !== value) odd.add("fields");
    if (!open) continue;
    // Browsers keep no cookie with such a byte; any other field is the same without it.
    if (clean !== value && name.toLowerCase() === "set-cookie") continue;
    fields.push(name, clean);
  }
  return fields;
}
