import { met, standing } from "../../protocol/quorum.ts";
import type { Check } from "../check.ts";
import type { ApproveFacts } from "../facts.ts";

/** One more yes of a role that has enough would look like progress and be none. */
export const approvalWanted: Check<ApproveFacts> = {
  reason: "approval-wanted",
  holds: ({ approver, requirements, approved }) => {
    if (approved.length === 0 || met(requirements, approved)) return true;
    const { id: person, roles } = approver;
    return standing(requirements, [...approved, { person, roles }]).filled > standing(requirements, approved).filled;
  },
};
