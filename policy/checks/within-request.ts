import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** An approver may give less than was asked, never more (A8). */
export const withinRequest: Check<{ asked: Interval; window: Interval }> = {
  reason: "within-request",
  holds: ({ asked, window }) => asked.start <= window.start && window.end <= asked.end,
};
