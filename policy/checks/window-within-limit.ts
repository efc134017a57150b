import { limits } from "../../protocol/limits.ts";
import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** None is longer than a shift, or so far ahead that nobody remembers why. */
export const windowWithinLimit: Check<{ windows: readonly Interval[] }> = {
  reason: "window-within-limit",
  holds: ({ windows }, now) =>
    windows.every(({ start, end }) => end - start <= limits.windowLongestMs && start - now <= limits.windowAheadMs),
};
