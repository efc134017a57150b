import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

export const grantActive: Check<AdmitFacts> = {
  reason: "grant-active",
  holds: ({ grant, person }) => grant.inForce && !grant.revoked && grant.person === person.id,
};
