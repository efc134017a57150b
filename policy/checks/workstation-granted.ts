import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

/**
 * The grant names this workstation, and every key that was approved is still this workstation's: one that has moved would
 * open from another, whose lock could not reach it.
 */
export const workstationGranted: Check<AdmitFacts> = {
  reason: "workstation-granted",
  holds: ({ grant, workstation }) =>
    workstation?.id === grant.workstation && grant.thumbprints.every((key) => workstation.thumbprints.includes(key)),
};
