import { expect, test } from "vitest";
import { deviceActive } from "../../../../policy/checks/device-active.ts";
import { ask, device, now } from "../facts.ts";

test.each([
  [true, "a device that is in use"],
  [false, "one that is turned off, or whose site is"],
])("is %s for %s", (active, _what) => {
  expect(deviceActive.holds({ ...ask, device: { ...device, active } }, now)).toBe(active);
});
