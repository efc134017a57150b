import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** A contract for the device covers this instant, and where a window is asked for, the whole window. */
export const contractInDate: Check<{ contract: Interval | null; window?: Interval }> = {
  reason: "contract-in-date",
  holds: ({ contract, window }, now) =>
    contract !== null &&
    contract.start <= now &&
    now < contract.end &&
    (window === undefined || (contract.start <= window.start && window.end <= contract.end)),
  edge: ({ contract }) => contract?.end ?? null,
};
