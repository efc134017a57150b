import { expect, test } from "vitest";
import { servicesOfDevice } from "../../../../policy/checks/services-of-device.ts";
import { ask, device, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof servicesOfDevice.holds>[0]]>([
  [true, "services that the device has", ask],
  [false, "none", { ...ask, services: [] }],
  [false, "one twice", { ...ask, services: ["svc_http", "svc_http"] }],
  [false, "one of another device beside its own", { ...ask, services: ["svc_http", "svc_telnet"] }],
  [false, "one that the device has lost", { ...ask, device: { ...device, services: ["svc_ssh"] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(servicesOfDevice.holds(facts, now)).toBe(holds);
});
