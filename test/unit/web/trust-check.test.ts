import { describe, expect, test } from "vitest";
import { statementHash } from "../../../crypto/statement.ts";
import type { TrustView } from "../../../protocol/api/trust.ts";
import type { TrustSignBegun } from "../../../web/app/views.ts";
import { checkTrust, type TrustFault } from "../../../web/staff/trust-check.ts";
import { asHash } from "../../brand.ts";

const person = { id: `per_${"0".repeat(16)}`, name: "田中" } as const;
const key = {
  credential: "c".repeat(22),
  publicKey: "k".repeat(44),
  person,
  rp: "staff.localhost",
  origin: "http://staff.localhost",
  roles: ["approver" as const],
  expires: "2027-11-20T10:00:00.000Z",
};
const rule = [{ roles: ["approver" as const], persons: 1 }];
const currentHash = "a".repeat(43);
const statement = {
  type: "genkan/approvers/v1",
  site: `sit_${"0".repeat(16)}`,
  version: 2,
  previous: currentHash,
  keys: [key],
  rules: { normal: rule, emergency: rule },
};

function begun(part: object, options: object = {}): TrustSignBegun {
  const bytes = Buffer.from(JSON.stringify({ ...statement, ...part }));
  const challenge = statementHash("genkan/approvers/v1", bytes);
  return { ceremony: "cer_0", statement: bytes.toString("base64url"), options: { challenge, ...options } };
}

function shown(): TrustView {
  const bytes = Buffer.from(JSON.stringify(statement));
  const { credential, roles, expires } = key;
  const { rules } = statement;
  const approvers = [{ person, credential, roles, expires }];
  const hash = statementHash("genkan/approvers/v1", bytes);
  return {
    site: { id: "sit_s", name: "S" },
    current: { version: 1, hash: asHash(currentHash), approvers, rules },
    proposed: { version: 2, hash, approvers, rules, signedBy: [] },
  };
}

describe("before a passkey signs a list of approvers, the page", () => {
  test("finds no fault when the list is the one that it shows", async () => {
    expect(await checkTrust(begun({}), shown())).toEqual([]);
  });

  const wrong: [what: string, given: TrustSignBegun, fault: TrustFault][] = [
    ["one more key", begun({ keys: [key, { ...key, credential: "d".repeat(22) }] }), "approvers"],
    ["another person's key", begun({ keys: [{ ...key, person: { ...person, name: "誰か" } }] }), "approvers"],
    ["a list that follows from another", begun({ previous: "b".repeat(43) }), "previous"],
    ["another version", begun({ version: 3 }), "version"],
    [
      "other requirements",
      begun({ rules: { normal: rule, emergency: [{ roles: ["officer"], persons: 1 }] } }),
      "rules",
    ],
    ["fewer persons", begun({ rules: { normal: [], emergency: rule } }), "rules"],
    ["a role that the page does not show", begun({ keys: [{ ...key, roles: ["approver", "officer"] }] }), "approvers"],
    ["what the hash does not cover", begun({ more: true }), "hash"],
    ["another challenge", begun({}, { challenge: "x".repeat(43) }), "challenge"],
    ["what it can't read", { ...begun({}), statement: "%%" }, "unreadable"],
  ];
  test.each(wrong)("refuses %s", async (_what, given, fault) => {
    expect(await checkTrust(given, shown())).toContain(fault);
  });

  test("refuses to sign when it shows no proposal", async () => {
    expect(await checkTrust(begun({}), { ...shown(), proposed: null })).toEqual(["version"]);
  });
});
