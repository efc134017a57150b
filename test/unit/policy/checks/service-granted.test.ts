import { expect, test } from "vitest";
import { serviceGranted } from "../../../../policy/checks/service-granted.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof serviceGranted.holds>[0]]>([
  [true, "a service that the grant names", admit],
  [false, "another one of the same device", { ...admit, service: "svc_ssh" }],
  [false, "any where the grant names none", { ...admit, grant: { ...admit.grant, services: [] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(serviceGranted.holds(facts, now)).toBe(holds);
});
