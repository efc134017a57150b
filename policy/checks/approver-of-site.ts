import type { Check } from "../check.ts";
import type { DeviceFacts, PersonFacts } from "../facts.ts";

export const approverOfSite: Check<{ approver: PersonFacts; device: DeviceFacts }> = {
  reason: "approver-of-site",
  holds: ({ approver, device }) =>
    approver.active && approver.roles.includes("approver") && approver.site === device.site,
};
