import { expect, test } from "vitest";
import { approvalWanted } from "../../../../policy/checks/approval-wanted.ts";
import type { Requirement } from "../../../../protocol/approvers.ts";
import type { Signer } from "../../../../protocol/quorum.ts";
import { approve, approver, now } from "../facts.ts";

const first: Signer = { person: approver.id, roles: ["approver"] };
const officer = { ...approver, id: "per_officer" as const, roles: ["officer" as const] };
const both: Requirement[] = [
  { roles: ["approver"], persons: 1 },
  { roles: ["officer"], persons: 1 },
];
const two: Requirement[] = [{ roles: ["approver"], persons: 2 }];

test.each<[boolean, string, Parameters<typeof approvalWanted.holds>[0]]>([
  [true, "the first yes", approve],
  [
    false,
    "a second one of a role that has enough, while another role is missing",
    { ...approve, approver: { ...approver, id: "per_second" }, requirements: both, approved: [first] },
  ],
  [true, "one of the role that is missing", { ...approve, approver: officer, requirements: both, approved: [first] }],
  [
    true,
    "one that one more of the same role is wanted for",
    { ...approve, approver: { ...approver, id: "per_second" }, requirements: two, approved: [first] },
  ],
  [false, "the same person's once more", { ...approve, requirements: two, approved: [first] }],
])("is %s for %s", (holds, _what, facts) => {
  expect(approvalWanted.holds(facts, now)).toBe(holds);
});
