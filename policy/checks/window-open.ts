import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/** D21: outside the window there is no route at all. */
export const windowOpen: Check<AdmitFacts> = {
  reason: "window-open",
  holds: ({ grant }, now) => grant.windows.some(({ start, end }) => start <= now && now < end),
  edge: ({ grant }, now) => grant.windows.find(({ start, end }) => start <= now && now < end)?.end ?? null,
};
