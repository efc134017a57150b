import { limits } from "../protocol/limits.ts";
import type { Window } from "../protocol/window.ts";
import { zonedTime, zonedWindow } from "./format.ts";
import { UsageError } from "./usage-error.ts";
import { parseDuration, parseTime } from "./zoned-time.ts";

export interface TypedWindow {
  /** Now without it. */
  readonly start?: string;
  readonly until?: string;
  /** How long, in place of `until`. */
  readonly for?: string;
}

/** Throws what {@link askedWindow} throws for a window that can't be read in any zone, at any time. */
export function checkReadable({ start = "now", until, for: length }: TypedWindow): void {
  if ((until === undefined) === (length === undefined)) throw new UsageError("window-until-or-for");
  const base = { nowMs: Date.parse("2026-01-15T12:00:00Z") };
  parseTime(start, "UTC", base);
  if (until !== undefined) parseTime(until, "UTC", base);
  if (length !== undefined) parseDuration(length);
}

/**
 * The window that a person typed, meant in `zone`. What no hospital could grant is refused here, each with its own words and
 * bound; the authority decides anyway. Throws usage errors of `time-messages.ts`.
 */
export function askedWindow({ start = "now", until, for: length }: TypedWindow, zone: string, nowMs: number): Window {
  const begin = parseTime(start, zone, { nowMs });
  const fromMs = Date.parse(begin);
  const end =
    until === undefined
      ? new Date(fromMs + parseDuration(length ?? "")).toISOString()
      : parseTime(until, zone, { nowMs, fromMs });
  const endMs = Date.parse(end);
  const window = zonedWindow({ start: begin, end }, zone);
  if (endMs <= fromMs) throw new UsageError("window-backwards", { window });
  if (endMs <= nowMs)
    throw new UsageError("window-past", { window, now: zonedTime(new Date(nowMs).toISOString(), zone) });
  if (endMs - fromMs > limits.windowLongestMs)
    throw new UsageError("window-too-long", { window, hours: limits.windowLongestMs / 3_600_000 });
  if (fromMs - nowMs > limits.windowAheadMs)
    throw new UsageError("window-too-far", { window, days: limits.windowAheadMs / 86_400_000 });
  return { start: begin, end };
}
