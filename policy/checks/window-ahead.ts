import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** A window that is over can't be asked for or approved. */
export const windowAhead: Check<{ windows: readonly Interval[] }> = {
  reason: "window-ahead",
  holds: ({ windows }, now) => windows.every(({ end }) => now < end),
  edge: ({ windows }) => Math.min(...windows.map(({ end }) => end)),
};
