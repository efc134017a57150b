import { expect, test } from "vitest";
import { personActive } from "../../../../policy/checks/person-active.ts";
import { ask, now, technician } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof personActive.holds>[0]]>([
  [true, "a person who is active", ask],
  [false, "one who is not any more", { ...ask, person: { ...technician, active: false } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(personActive.holds(facts, now)).toBe(holds);
});
