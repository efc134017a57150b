import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

export const quorumMet: Check<AdmitFacts> = {
  reason: "quorum-met",
  holds: ({ grant }) =>
    grant.threshold >= 1 && new Set(grant.approvers.filter((id) => id !== grant.person)).size >= grant.threshold,
};
