import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** There is a window, each ends after it begins, and before the next one begins. */
export const windowPossible: Check<{ windows: readonly Interval[] }> = {
  reason: "window-possible",
  holds: ({ windows }) =>
    windows.length > 0 &&
    windows.every(({ start, end }, place) => {
      const before = windows[place - 1]?.end ?? Number.NEGATIVE_INFINITY;
      return Number.isFinite(start) && Number.isFinite(end) && before <= start && start < end;
    }),
};
