import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

export const windowPossible: Check<{ window: Interval }> = {
  reason: "window-possible",
  holds: ({ window }) => Number.isFinite(window.start) && Number.isFinite(window.end) && window.start < window.end,
};
