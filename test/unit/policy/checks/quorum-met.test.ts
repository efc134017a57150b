import { expect, test } from "vitest";
import { quorumMet } from "../../../../policy/checks/quorum-met.ts";
import type { Id } from "../../../../protocol/make-id.ts";
import { admit, hour, now } from "../facts.ts";

const yes = (...said: [person: Id<"person">, until: number][]) => ({
  ...admit,
  grant: { ...admit.grant, approvers: said.map(([person, until]) => ({ person, roles: ["approver"], until })) },
});

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
    {
      ...admit,
      grant: { ...admit.grant, approvers: [{ person: admit.grant.person, roles: ["approver"], until: now + hour }] },
    },
  ],
  [
    false,
    "one who lost the role",
    { ...admit, grant: { ...admit.grant, approvers: [{ person: "per_approver", roles: [], until: now + hour }] } },
  ],
  [
    false,
    "an approver where an officer is wanted besides",
    {
      ...admit,
      grant: { ...admit.grant, requirements: [...admit.grant.requirements, { roles: ["officer"], persons: 1 }] },
    },
  ],
  [false, "one who counts no more from this very instant", yes(["per_one", now])],
  [true, "one who counts the next instant still", yes(["per_one", now + 1])],
  [false, "an approver where no list requires one", { ...admit, grant: { ...admit.grant, requirements: [] } }],
])("is %s for %s", (holds, _what, facts) => {
  expect(quorumMet.holds(facts, now)).toBe(holds);
});

test("stands until the first who said yes counts no more", () => {
  expect(quorumMet.edge?.(yes(["per_one", now + hour], ["per_two", now + 1], [admit.grant.person, now]), now)).toBe(
    now + 1,
  );
  expect(quorumMet.edge?.(yes(["per_one", now + hour], ["per_two", now]), now)).toBe(now + hour);
  expect(quorumMet.edge?.(yes(), now)).toBeNull();
});
