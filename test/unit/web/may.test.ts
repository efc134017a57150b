import { expect, test } from "vitest";
import type { TrustView } from "../../../protocol/api/trust.ts";
import { makeId } from "../../../protocol/make-id.ts";
import { awaitsSignature, isTrusted } from "../../../web/staff/may.ts";
import { asHash } from "../../brand.ts";
import { me } from "../../component/cli/facts.ts";

const before = "2025-12-31T23:59:59.999Z";
const after = "2028-03-01T00:00:00.000Z";

const oneYes = [{ roles: ["approver" as const], persons: 1 }];

/** A list in force with this person's passkeys, and the next, which waits. */
function trustOf(...expiries: string[]): TrustView {
  const approvers = expiries.map((expires, n) => ({
    person: me.person,
    credential: `c${n}`,
    roles: ["approver" as const],
    expires,
  }));
  const other = {
    person: { id: makeId("person", Buffer.alloc(10, 7)), name: "Other" },
    credential: "o",
    roles: ["approver" as const],
    expires: after,
  };
  const current = {
    version: 1,
    hash: asHash("h"),
    approvers: [other, ...approvers],
    rules: { normal: oneYes, emergency: oneYes },
  };
  return {
    site: { id: "sit_s", name: "S" },
    current,
    proposed: { ...current, version: 2, hash: asHash("n"), signedBy: [] },
  };
}

test.each<[string, string[], boolean]>([
  ["has no passkey in the list", [], false],
  ["has one that is good", [after], true],
  ["has one that has expired", [before], false],
  ["has one of each", [before, after], true],
])("an approver who %s signs and approves by passkeys in force only", (_, expiries, holds) => {
  const trust = trustOf(...expiries);
  expect([isTrusted(trust, me), awaitsSignature(trust, me)]).toEqual([holds, holds]);
});
