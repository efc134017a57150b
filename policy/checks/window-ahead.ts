import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** A window that is over can't be asked for or approved. */
export const windowAhead: Check<{ window: Interval }> = {
  reason: "window-ahead",
  holds: ({ window }, now) => now < window.end,
  edge: ({ window }) => window.end,
};
