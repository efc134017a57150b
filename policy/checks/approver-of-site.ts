import type { Check } from "../check.ts";
import type { ApproveFacts } from "../facts.ts";

/** A role at the device's site counts when the site's list of approvers requires it. */
export const approverOfSite: Check<ApproveFacts> = {
  reason: "approver-of-site",
  holds: ({ approver, requirements }) =>
    approver.active && requirements.some(({ roles }) => roles.some((role) => approver.roles.includes(role))),
};
