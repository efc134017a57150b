import type { Check } from "../check.ts";
import type { PersonFacts } from "../facts.ts";

/** They work for a company, and nobody has ended what it does here (D16). Which devices are its own is for `consent-in-date`. */
export const vendorActive: Check<{ person: PersonFacts }> = {
  reason: "vendor-active",
  holds: ({ person }) => person.vendor?.active === true,
};
