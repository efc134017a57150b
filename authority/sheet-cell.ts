import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";
import type { ServiceSaid } from "../protocol/api/device-record.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { isId } from "../protocol/make-id.ts";
import { parseServiceText } from "../protocol/service-text.ts";
import type { LineFault } from "../protocol/sheet.ts";
import { wallClock } from "../protocol/wall-clock.ts";

/** A line, or a file, that can't be taken: the code of its refusal, and why. */
export class Unfit extends GenkanError {
  readonly fault: LineFault;
  readonly column: string | null;
  /** What was found in its place, in short. */
  readonly found: string | null;
  /** Line of the file, from 1; null: that of whoever reads it. */
  readonly line: number | null;

  constructor(code: ErrorCode, fault: LineFault, column: string | null, found?: string, line: number | null = null) {
    super(code, `${[fault, column, found].filter((part) => part !== null && part !== undefined).join(": ")}`);
    this.fault = fault;
    this.column = column;
    this.found = found === undefined ? null : found.slice(0, foundCharacters);
    this.line = line;
  }
}
const foundCharacters = 120;

/** A cell that may be empty, as a value of a schema; null where it is empty. */
export function readCell<S extends TSchema>(column: string, cell: string, schema: S): Static<S> | null {
  if (cell === "") return null;
  if (!Check(schema, cell)) throw new Unfit("bad-request", "cell-malformed", column, cell);
  return cell;
}

/** What somebody typed, without blanks around it; what it was before stays as it is. */
export const typed = (cell: string, before: string | null | undefined): string =>
  cell === before ? cell : cell.trim();

/** A cell that must hold something. */
export function readNeeded<S extends TSchema>(column: string, cell: string | undefined, schema: S): Static<S> {
  if (cell === undefined || cell === "") throw new Unfit("bad-request", "cell-missing", column);
  return readCell(column, cell, schema) as Static<S>;
}

/**
 * Several in one cell, with semicolons between, and blanks around them as somebody likes. A backslash goes before a semicolon or a last
 * blank that belongs to one of them, and before itself.
 */
export function readList(cell: string): string[] {
  const parts: string[][] = [[]];
  for (const [token] of cell.matchAll(/\\[\\;\s]|[^]/gu)) {
    if (token === ";") parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts.flatMap((tokens) => {
    const last = tokens.findLastIndex((token) => token.trim() !== "");
    const text = tokens
      .slice(0, last + 1)
      .map((token) => (token.length > 1 && token[0] === "\\" ? token.slice(1) : token));
    return last < 0 ? [] : [text.join("").trimStart()];
  });
}

export const writeList = (parts: readonly string[]): string =>
  parts.map((part) => part.replace(/[\\;]|\s$/gu, (char) => `\\${char}`)).join("; ");

export function readService(column: string, text: string): ServiceSaid {
  const said = parseServiceText(text);
  if (!said) throw new Unfit("bad-request", "cell-malformed", column, text);
  return said;
}

/** Whether something begins or ends then: the last day is one on which it still holds. */
type Side = "starts" | "ends";

/**
 * An instant with its offset, or a day in a zone: from its beginning, or through its end. Null zone: none is known, and a day is
 * refused.
 */
export function readTime(column: string, cell: string, side: Side, zone: string | null): Date {
  const [, year, month, day] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(cell) ?? [];
  if (year !== undefined && month !== undefined && day !== undefined) {
    if (zone === null) throw new Unfit("bad-request", "time-without-zone", column, cell);
    const wall = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    if (wall.getUTCDate() !== Number(day) || wall.getUTCMonth() !== Number(month) - 1)
      throw new Unfit("bad-request", "cell-malformed", column, cell);
    return dayStart(wall.getTime() + (side === "ends" ? dayMs : 0), zone);
  }
  const at = new Date(cell);
  const exact = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/.test(cell);
  if (!exact && /^\d{4}[-/]\d{1,2}[-/]\d{1,2}[T ]/.test(cell))
    throw new Unfit("bad-request", "time-without-zone", column, cell);
  if (!exact || Number.isNaN(at.getTime()) || at.getUTCFullYear() > 9_999)
    throw new Unfit("bad-request", "cell-malformed", column, cell);
  return at;
}

export function writeTime(instant: string, side: Side, zone: string | null): string {
  const at = Date.parse(instant);
  if (zone === null) return instant;
  const { date } = wallClock(at - (side === "ends" ? 1 : 0), zone);
  const day = Date.parse(`${date}T00:00Z`) + (side === "ends" ? dayMs : 0);
  return dayStart(day, zone).getTime() === at ? date : instant;
}

const dayMs = 86_400_000;

/** The first instant of a day (given as its midnight, as if in UTC) at which the clocks of a zone show that day. */
function dayStart(midnight: number, zone: string): Date {
  const shown = (at: number) => {
    const { date, exact } = wallClock(at, zone);
    return Date.parse(`${date}T${exact}Z`);
  };
  const found = [-dayMs, dayMs]
    .map((away) => midnight - (shown(midnight + away) - (midnight + away)))
    .toSorted((a, b) => a - b);
  // Where clocks skip midnight, the day begins with what comes after.
  const exact = found.find((at) => shown(at) === midnight);
  return new Date(exact ?? Math.max(...found));
}

/** Those of a cell: one by id, or by the whole name. Throws {@link Unfit} for none and for several. */
export function chooseIn<T extends { readonly id: string; readonly name: string }>(
  column: string,
  things: readonly T[],
  cell: string,
): T {
  const wanted = cell.trim();
  const found = isAnyId(wanted) ? things.filter(({ id }) => id === wanted) : [];
  const named = found.length > 0 ? found : things.filter(({ name }) => name === wanted);
  const [only, other] = named;
  if (!only) throw new Unfit("not-found", "name-unknown", column, wanted);
  if (other) throw new Unfit("bad-request", "name-ambiguous", column, wanted);
  return only;
}

/** How {@link chooseIn} is told of one: by name, unless that means another too. */
export function nameIn(things: readonly { readonly id: string; readonly name: string }[], id: string, name: string) {
  const alone = things.filter((one) => one.name === name).length === 1;
  return alone && !isAnyId(name) && name.trim() === name ? name : id;
}

const isAnyId = (text: string) => (["agent", "vendor", "site", "device"] as const).some((kind) => isId(kind, text));
