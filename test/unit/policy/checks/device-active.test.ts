import { expect, test } from "vitest";
import { deviceActive } from "../../../../policy/checks/device-active.ts";
import { admit, ask, device, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof deviceActive.holds>[0]]>([
  [true, "a device in use, when somebody asks", ask],
  [true, "a device and a service in use, when a session lives", admit],
  [false, "a device that was disabled", { ...ask, device: { ...device, active: false } }],
  [false, "a service that was disabled under its session", { ...admit, device: { ...device, services: ["svc_ssh"] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(deviceActive.holds(facts, now)).toBe(holds);
});
