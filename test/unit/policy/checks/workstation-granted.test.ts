import { expect, test } from "vitest";
import { workstationGranted } from "../../../../policy/checks/workstation-granted.ts";
import { asThumbprint } from "../../../brand.ts";
import { admit, now, workstation } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof workstationGranted.holds>[0]]>([
  [true, "the workstation of the grant, with the keys that were approved", admit],
  [
    false,
    "another one",
    {
      ...admit,
      workstation: { ...workstation, id: "wks_another" },
    },
  ],
  [
    false,
    "one whose approved key has moved away",
    { ...admit, workstation: { ...workstation, thumbprints: [asThumbprint("browser")] } },
  ],
  [false, "none", { ...admit, workstation: null }],
])("is %s for %s", (holds, _what, facts) => {
  expect(workstationGranted.holds(facts, now)).toBe(holds);
});
