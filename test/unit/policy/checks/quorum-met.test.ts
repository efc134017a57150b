import { expect, test } from "vitest";
import { quorumMet } from "../../../../policy/checks/quorum-met.ts";
import { admit, now } from "../facts.ts";

test.each<[boolean, string, Parameters<typeof quorumMet.holds>[0]]>([
  [true, "one approver where one is wanted", admit],
  [false, "none", { ...admit, grant: { ...admit.grant, approvers: [] } }],
  [
    false,
    "one twice where two are wanted",
    {
      ...admit,
      grant: {
        ...admit.grant,
        approvers: [...admit.grant.approvers, ...admit.grant.approvers],
        requirements: [{ roles: ["approver"], persons: 2 }],
      },
    },
  ],
  [
    false,
    "the technician's own",
    { ...admit, grant: { ...admit.grant, approvers: [{ person: admit.grant.person, roles: ["approver"] }] } },
  ],
  [
    false,
    "one who lost the role",
    { ...admit, grant: { ...admit.grant, approvers: [{ person: "approver", roles: [] }] } },
  ],
  [
    false,
    "an approver where an officer is wanted besides",
    {
      ...admit,
      grant: { ...admit.grant, requirements: [...admit.grant.requirements, { roles: ["officer"], persons: 1 }] },
    },
  ],
  [false, "an approver where no list requires one", { ...admit, grant: { ...admit.grant, requirements: [] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(quorumMet.holds(facts, now)).toBe(holds);
});
