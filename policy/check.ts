import type { HoldReason } from "../protocol/reason.ts";

/** One rung of a ladder: pure, total, and named by the pair of reason codes that it owns in `protocol/reason.ts`. */
export interface Check<F> {
  readonly reason: HoldReason;
  holds(facts: F, now: number): boolean;
  /** The next instant at which the clock alone may change this rung's answer; null when the clock has no part in it. */
  edge?(facts: F, now: number): number | null;
}
