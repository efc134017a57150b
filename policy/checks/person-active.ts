import type { Check } from "../check.ts";
import type { PersonFacts } from "../facts.ts";

export const personActive: Check<{ person: PersonFacts }> = {
  reason: "person-active",
  holds: ({ person }) => person.active,
};
