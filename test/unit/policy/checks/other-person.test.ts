import { expect, test } from "vitest";
import { otherPerson } from "../../../../policy/checks/other-person.ts";
import { approve, approver, now, technician } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof otherPerson.holds>[0]]>([
  [true, "an approver who is somebody else", approve],
  [false, "the technician in person", { ...approve, approver: { ...approver, id: technician.id } }],
  [
    false,
    "an approver who is a technician as well",
    { ...approve, approver: { ...approver, roles: ["approver", "technician"] } },
  ],
])("is %s for %s", (holds, _what, facts) => {
  expect(otherPerson.holds(facts, now)).toBe(holds);
});
