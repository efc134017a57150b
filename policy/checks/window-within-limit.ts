import { limits } from "../../protocol/limits.ts";
import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** Neither longer than a shift, nor so far ahead that nobody remembers why. */
export const windowWithinLimit: Check<{ window: Interval }> = {
  reason: "window-within-limit",
  holds: ({ window }, now) =>
    window.end - window.start <= limits.windowLongestMs && window.start - now <= limits.windowAheadMs,
};
