import type { Check } from "../check.ts";
import type { Interval } from "../facts.ts";

/** A contract for the device covers this instant, and where windows are asked for, each of them whole. */
export const contractInDate: Check<{ contract: Interval | null; windows?: readonly Interval[] }> = {
  reason: "contract-in-date",
  holds: ({ contract, windows = [] }, now) =>
    contract !== null &&
    contract.start <= now &&
    now < contract.end &&
    windows.every(({ start, end }) => contract.start <= start && end <= contract.end),
  edge: ({ contract }) => contract?.end ?? null,
};
