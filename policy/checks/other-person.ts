import type { Check } from "../check.ts";
import type { PersonFacts } from "../facts.ts";

/** Nobody approves their own, and a technician is never an approver of the same site (A8). */
export const otherPerson: Check<{ person: PersonFacts; approver: PersonFacts }> = {
  reason: "other-person",
  holds: ({ person, approver }) => approver.id !== person.id && !approver.roles.includes("technician"),
};
