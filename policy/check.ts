import type { HoldReason } from "../protocol/reason.ts";

/** One rung of a ladder: pure, total, and named by the pair of reason codes that it owns in `protocol/reason.ts`. */
export interface Check<F> {
  readonly reason: HoldReason;
  holds(facts: F, now: number): boolean;
  /** The next instant at which the clock alone may change this rung's answer; null when the clock has no part in it. */
  edge?(facts: F, now: number): number | null;
}

/**
 * All that the rungs of a ladder read together. What several of them read stands in `facts.ts`; what one reads alone, it says
 * itself, and facts without it are no facts for its ladder.
 */
export type Read<L extends readonly Check<never>[]> = (
  L[number] extends infer C
    ? C extends Check<infer F>
      ? (read: F) => void
      : never
    : never
) extends (read: infer All) => void
  ? All
  : never;
