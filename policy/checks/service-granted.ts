import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/** D19: the grant names this service of this device. */
export const serviceGranted: Check<AdmitFacts> = {
  reason: "service-granted",
  holds: ({ grant, service }) => grant.services.includes(service),
};
