import type { Check } from "../check.ts";
import type { ApproveFacts } from "../facts.ts";

/** A role counts when the site's list of approvers requires it. */
export const approverOfSite: Check<ApproveFacts> = {
  reason: "approver-of-site",
  holds: ({ approver, device, requirements }) =>
    approver.active &&
    approver.site === device.site &&
    requirements.some(({ roles }) => roles.some((role) => approver.roles.includes(role))),
};
