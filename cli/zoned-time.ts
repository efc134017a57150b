import { UsageError } from "./usage-error.ts";
import { wallClock } from "./wall-clock.ts";

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

/**
 * An instant (RFC 3339, UTC, milliseconds) from what a person types: `now`; `+90m`, `+2h` from `base`; a time with an
 * offset or `Z`; or a time without one, which is meant in `zone`. A time that the zone skips or repeats, or that is of no
 * known zone, is refused: guessing would open a window an hour off.
 */
export function parseTime(text: string, zone: string | undefined, base: { nowMs: number; fromMs?: number }): string {
  const trimmed = text.trim();
  if (trimmed === "now") return new Date(base.nowMs).toISOString();
  const relative = /^\+(\d{1,4})(m|h)$/.exec(trimmed);
  if (relative) {
    const ms = Number(relative[1]) * (relative[2] === "h" ? 3_600_000 : 60_000);
    return new Date((base.fromMs ?? base.nowMs) + ms).toISOString();
  }
  const match = /^(2\d{3}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(Z|[+-]\d{2}:\d{2})?$/.exec(trimmed);
  const wall = match ? Date.parse(`${match[1]}T${match[2]}Z`) : Number.NaN;
  // `Date.parse` rolls the 31st of February over; such a date is a typing error.
  if (!match || Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== match[1]) {
    throw new UsageError("time-invalid", { text });
  }
  if (match[3] !== undefined) {
    const instant = Date.parse(`${match[1]}T${match[2]}${match[3]}`);
    if (Number.isNaN(instant)) throw new UsageError("time-invalid", { text });
    return new Date(instant).toISOString();
  }
  if (zone === undefined) throw new UsageError("zone-missing", { text });
  const instants = instantsOf(wall, zone);
  const [only] = instants;
  if (only === undefined || instants.length > 1) throw new UsageError("time-unclear", { text, zone });
  return new Date(only).toISOString();
}

/** Every instant at which the clocks of `zone` show the wall time `wall` (given as if it were UTC). */
function instantsOf(wall: number, zone: string): number[] {
  // Offsets of a day before and after are those of both sides of any change in between.
  const offsets = new Set([wall - 86_400_000, wall + 86_400_000].map((instant) => offsetAt(instant, zone)));
  return [...offsets].map((offset) => wall - offset).filter((instant) => instant + offsetAt(instant, zone) === wall);
}

/** Milliseconds that the clocks of `zone` are ahead of UTC. */
function offsetAt(instant: number, zone: string): number {
  const { date, exact } = wallClock(instant, zone);
  return Date.parse(`${date}T${exact}Z`) - instant;
}
