import { expect, test } from "vitest";
import { workstationKnown } from "../../../../policy/checks/workstation-known.ts";
import { ask, now, workstation } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof workstationKnown.holds>[0]]>([
  [true, "an enrolled workstation of this very person", ask],
  [false, "none", { ...ask, workstation: null }],
  [false, "a colleague's", { ...ask, workstation: { ...workstation, person: "per_colleague" } }],
  [false, "one without a key", { ...ask, workstation: { ...workstation, thumbprints: [] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(workstationKnown.holds(facts, now)).toBe(holds);
});
