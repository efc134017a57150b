import type { Check } from "../check.ts";

/** D25: their company has said of late that this person still works there; null where nobody has to say so. */
export const attestedInDate: Check<{ attestedUntil: number | null }> = {
  reason: "attested-in-date",
  holds: ({ attestedUntil }, now) => attestedUntil === null || now < attestedUntil,
  edge: ({ attestedUntil }) => attestedUntil,
};
