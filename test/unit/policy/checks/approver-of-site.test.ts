import { expect, test } from "vitest";
import { approverOfSite } from "../../../../policy/checks/approver-of-site.ts";
import { approve, approver, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof approverOfSite.holds>[0]]>([
  [true, "an approver of the device's site", approve],
  [false, "one who is not active any more", { ...approve, approver: { ...approver, active: false } }],
  [false, "one who holds no role at the device's site", { ...approve, approver: { ...approver, roles: [] } }],
  [
    false,
    "a role that the list does not require",
    { ...approve, approver: { ...approver, roles: ["officer", "administrator"] } },
  ],
  [
    true,
    "an officer where the list requires one",
    { ...approve, approver: { ...approver, roles: ["officer"] }, requirements: [{ roles: ["officer"], persons: 1 }] },
  ],
  [false, "anybody where there is no list", { ...approve, requirements: [] }],
])("is %s for %s", (holds, _what, facts) => {
  expect(approverOfSite.holds(facts, now)).toBe(holds);
});
