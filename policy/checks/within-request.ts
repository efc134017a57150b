import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** An approver may give less than was asked, never more (A8). */
export const withinRequest: Check<{ asked: readonly Interval[]; windows: readonly Interval[] }> = {
  reason: "within-request",
  holds: ({ asked, windows }) =>
    windows.every(({ start, end }) => asked.some((outer) => outer.start <= start && end <= outer.end)),
};
