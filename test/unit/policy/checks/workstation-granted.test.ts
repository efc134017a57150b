import { expect, test } from "vitest";
import { workstationGranted } from "../../../../policy/checks/workstation-granted.ts";
import { asThumbprint } from "../../../brand.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof workstationGranted.holds>[0]]>([
  [true, "the workstation of the grant, with the keys that were approved", admit],
  [
    false,
    "another one",
    {
      ...admit,
      workstation: { id: "another", person: "technician", thumbprints: ["browser", "cli"].map(asThumbprint) },
    },
  ],
  [
    false,
    "one whose approved key has moved away",
    { ...admit, workstation: { id: "workstation", person: "technician", thumbprints: [asThumbprint("browser")] } },
  ],
  [false, "none", { ...admit, workstation: null }],
])("is %s for %s", (holds, _what, facts) => {
  expect(workstationGranted.holds(facts, now)).toBe(holds);
});
