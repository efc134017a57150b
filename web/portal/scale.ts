import type { Window } from "../../protocol/window.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Distances between marks, as a clock's face has them: each divides a day, so that midnight always has a mark. */
const steps = [10 * minuteMs, 15 * minuteMs, 30 * minuteMs, hourMs, 2 * hourMs, 3 * hourMs, 4 * hourMs] as const;
const widest = 4 * hourMs;
/** More marks than this would run into each other on a telephone. */
const mostSteps = 5;
/** How much of what has been, and of what is to come, is shown at most. */
const pastMs = 2 * hourMs;
const aheadMs = 22 * hourMs;

/** A stretch of time with its marks, all in milliseconds since 1970. */
export interface Scale {
  readonly start: number;
  readonly end: number;
  /** From `start` on, all before `end`. */
  readonly marks: readonly number[];
}

/** The stretch that holds now and these windows, as far as they lie within a day. `offsetMs` is local time minus UTC. */
export function scaleOf(nowMs: number, windows: readonly Window[], offsetMs: number): Scale {
  const from = Math.max(nowMs - pastMs, Math.min(nowMs, ...windows.map(({ start }) => Date.parse(start))));
  const to = Math.min(nowMs + aheadMs, Math.max(nowMs, ...windows.map(({ end }) => Date.parse(end))));
  const step = steps.find((one) => (to - from) / one <= mostSteps) ?? widest;
  const start = Math.floor((from + offsetMs) / step) * step - offsetMs;
  const count = Math.max(1, Math.ceil((to - start) / step));
  const marks = Array.from({ length: count }, (_, index) => start + index * step);
  return { start, end: start + count * step, marks };
}
