import type { Check } from "../check.ts";
import type { PersonFacts, WorkstationFacts } from "../facts.ts";

/** D18: the sign-in comes from an enrolled workstation of this very person. */
export const workstationKnown: Check<{ person: PersonFacts; workstation: WorkstationFacts | null }> = {
  reason: "workstation-known",
  holds: ({ person, workstation }) =>
    workstation !== null && workstation.person === person.id && workstation.thumbprints.length > 0,
};
