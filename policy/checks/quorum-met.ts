import { met } from "../../protocol/quorum.ts";
import type { Check } from "../check.ts";
import type { AdmitFacts } from "../facts.ts";

export const quorumMet: Check<AdmitFacts> = {
  reason: "quorum-met",
  holds: ({ grant }) =>
    met(
      grant.requirements,
      grant.approvers.filter(({ person }) => person !== grant.person),
    ),
};
