import { expect, test } from "vitest";
import { workstationKnown } from "../../../../policy/checks/workstation-known.ts";
import { asThumbprint } from "../../../brand.ts";
import { ask, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof workstationKnown.holds>[0]]>([
  [true, "an enrolled workstation of this very person", ask],
  [false, "none", { ...ask, workstation: null }],
  [
    false,
    "a colleague's",
    { ...ask, workstation: { id: "workstation", person: "colleague", thumbprints: [asThumbprint("browser")] } },
  ],
  [false, "one without a key", { ...ask, workstation: { id: "workstation", person: "technician", thumbprints: [] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(workstationKnown.holds(facts, now)).toBe(holds);
});
