import { expect, test } from "vitest";
import { grantActive } from "../../../../policy/checks/grant-active.ts";
import { admit, now, technician } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof grantActive.holds>[0]]>([
  [true, "a grant in force, of this very person", admit],
  [false, "one that waits for more approvals", { ...admit, grant: { ...admit.grant, inForce: false } }],
  [false, "one that was revoked", { ...admit, grant: { ...admit.grant, revoked: true } }],
  [false, "another person's", { ...admit, person: { ...technician, id: "per_colleague" } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(grantActive.holds(facts, now)).toBe(holds);
});
