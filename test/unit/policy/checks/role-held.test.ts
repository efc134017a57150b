import { expect, test } from "vitest";
import { technicianRole } from "../../../../policy/checks/role-held.ts";
import { ask, now, technician } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof technicianRole.holds>[0]]>([
  [true, "a technician of a vendor", ask],
  [
    false,
    "somebody without the role",
    { ...ask, person: { ...technician, roles: ["vendor-administrator", "officer"] } },
  ],
  [false, "a technician of no vendor", { ...ask, person: { ...technician, vendor: null } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(technicianRole.holds(facts, now)).toBe(holds);
});
