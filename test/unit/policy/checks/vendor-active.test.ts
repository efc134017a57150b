import { expect, test } from "vitest";
import { vendorActive } from "../../../../policy/checks/vendor-active.ts";
import { ask, now, technician } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof vendorActive.holds>[0]]>([
  [true, "a technician of a vendor", ask],
  [
    false,
    "a vendor that is not active any more",
    { ...ask, person: { ...technician, vendor: { id: "ven_vendor", active: false } } },
  ],
  [false, "a technician of no vendor", { ...ask, person: { ...technician, vendor: null } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(vendorActive.holds(facts, now)).toBe(holds);
});
