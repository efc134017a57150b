import { wallClock } from "../protocol/wall-clock.ts";
import { dayWords, durationOf, hourOf } from "./time-words.ts";
import { UsageError } from "./usage-error.ts";

/** The zone's name as the runtime knows it. */
export function parseZone(zone: string): string {
  const known = knownZone(zone);
  if (known === undefined) throw new UsageError("zone-unknown", { zone });
  return known;
}

/** The same; undefined for none and for one that the runtime does not know, even if it named it itself (`TZ=`). */
export function knownZone(zone: string | undefined): string | undefined {
  if (zone === undefined) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** What the words of a time count from, epoch milliseconds. */
export interface TimeBase {
  readonly nowMs: number;
  /** Of an end: when it starts. */
  readonly fromMs?: number;
}

const dayMs = 86_400_000;

/**
 * An instant (RFC 3339, UTC, milliseconds) from what a person types, in Japanese or English: `now`; `+90m`, `+2h` from the
 * start, or else from now; `01:00`, the next one; `tonight 23:00`, `tomorrow 09:00`; a date and a time, with an offset or `Z`
 * or in `zone`. Nothing else: a part of a sentence that was understood and a part that was not would open another window
 * than the one that was meant. Throws `time-invalid`, and for a wall time that the zone skips or repeats `time-skipped` and
 * `time-twice`: guessing would open a window an hour off.
 */
export function parseTime(text: string, zone: string, base: TimeBase): string {
  const typed = text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();
  const ms = relativeTo(typed, base) ?? wordedTime(text, typed, zone, base) ?? dated(text, typed, zone);
  if (ms === undefined) throw new UsageError("time-invalid", { text });
  return new Date(ms).toISOString();
}

/** Milliseconds of a length of time such as `2h`, `90m`, `1h30m`, `2時間`. Throws `duration-invalid`. */
export function parseDuration(text: string): number {
  const ms = durationOf(text.normalize("NFKC").trim().toLowerCase().replace(/^\+/, ""));
  if (ms === undefined) throw new UsageError("duration-invalid", { text });
  return ms;
}

function relativeTo(typed: string, { nowMs, fromMs }: TimeBase): number | undefined {
  if (["now", "今", "いま"].includes(typed)) return nowMs;
  const ms = typed.startsWith("+") ? durationOf(typed.slice(1)) : undefined;
  return ms === undefined ? undefined : (fromMs ?? nowMs) + ms;
}

/** A time of day, alone or behind the word for a day. */
function wordedTime(text: string, typed: string, zone: string, { nowMs, fromMs }: TimeBase): number | undefined {
  const word = Object.keys(dayWords).find((each) => typed.startsWith(each));
  const day = word === undefined ? undefined : dayWords[word];
  const clock = hourOf(word === undefined ? typed : typed.slice(word.length).trim());
  if (clock === undefined) return undefined;
  const { date, time } = wallClock(nowMs, zone);
  const today = Date.parse(`${date}T00:00Z`);
  if (day === undefined) {
    // The next one after the start, or from this minute on.
    const after = fromMs === undefined ? wallClock(nowMs, zone) : wallClock(fromMs, zone);
    const from = Date.parse(`${after.date}T${fromMs === undefined ? after.time : after.exact}Z`);
    const same = Date.parse(`${after.date}T00:00Z`) + clock;
    const passed = fromMs === undefined ? same < from : same <= from;
    return onlyInstant(text, passed ? same + dayMs : same, zone);
  }
  if (!day.covers(clock)) throw new UsageError("time-not-of-day", { text });
  return onlyInstant(text, today + day.daysAhead(clock, Date.parse(`1970-01-01T${time}Z`)) * dayMs + clock, zone);
}

/** A date with a time, in `zone` or with its offset. */
function dated(text: string, typed: string, zone: string): number | undefined {
  const match = /^(2\d{3}-\d{2}-\d{2})[t ](\d{2}:\d{2}(?::\d{2})?)(z|[+-]\d{2}:\d{2})?$/.exec(typed);
  const wall = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  // `Date.parse` rolls the 31st of February over; such a date is a typing error.
  if (!match || Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== match[1]) return undefined;
  if (match[3] === undefined) return onlyInstant(text, wall, zone);
  const instant = Date.parse(`${match[1]}T${match[2]}${match[3].toUpperCase()}`);
  return Number.isNaN(instant) ? undefined : instant;
}

/** The one instant at which the clocks of `zone` show the wall time `wall` (given as if it were UTC). */
function onlyInstant(text: string, wall: number, zone: string): number {
  // Offsets of a day before and after are those of both sides of any change in between.
  const offsets = [...new Set([wall - dayMs, wall + dayMs].map((instant) => offsetAt(instant, zone)))];
  const instants = offsets.map((ahead) => wall - ahead).filter((instant) => instant + offsetAt(instant, zone) === wall);
  const [only, other] = instants;
  const shown = new Date(wall).toISOString().slice(0, 16);
  if (only === undefined) throw new UsageError("time-skipped", { text, time: shown.replace("T", " "), zone });
  if (other === undefined) return only;
  const [first, second] = instants.toSorted((a, b) => a - b).map((instant) => shown + wallClock(instant, zone).offset);
  throw new UsageError("time-twice", { text, first: first ?? "", second: second ?? "", zone });
}

/** Milliseconds that the clocks of `zone` are ahead of UTC. */
function offsetAt(instant: number, zone: string): number {
  const { date, exact } = wallClock(instant, zone);
  return Date.parse(`${date}T${exact}Z`) - instant;
}
