import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/** The grant names this workstation, and at least one of its keys of today is among those approved. */
export const workstationGranted: Check<AdmitFacts> = {
  reason: "workstation-granted",
  holds: ({ grant, workstation }) =>
    workstation?.id === grant.workstation && workstation.thumbprints.some((key) => grant.thumbprints.includes(key)),
};
