import type { Check } from "../check.ts";
import type { PersonFacts } from "../facts.ts";

/** Only technicians of a vendor ask for windows and open sessions. */
export const technicianRole: Check<{ person: PersonFacts }> = {
  reason: "role-held",
  holds: ({ person }) => person.roles.includes("technician") && person.vendor !== null,
};
