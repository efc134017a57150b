import { expect, test } from "vitest";
import { vendorActive } from "../../../../policy/checks/vendor-active.ts";
import { ask, device, now, technician } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof vendorActive.holds>[0]]>([
  [true, "a device of the technician's own vendor", ask],
  [
    false,
    "a vendor that is not active any more",
    { ...ask, person: { ...technician, vendor: { id: "vendor", active: false } } },
  ],
  [false, "a rival's device", { ...ask, device: { ...device, vendor: "rival" } }],
  [false, "a technician of no vendor", { ...ask, person: { ...technician, vendor: null } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(vendorActive.holds(facts, now)).toBe(holds);
});
