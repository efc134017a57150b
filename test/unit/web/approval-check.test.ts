import { describe, expect, test } from "vitest";
import { statementHash } from "../../../crypto/statement.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { Grant } from "../../../protocol/grant.ts";
import type { ApprovalStatement } from "../../../protocol/statement.ts";
import type { ApprovalBegun } from "../../../web/app/views.ts";
import { type ApprovalFault, checkApproval } from "../../../web/staff/approval-check.ts";
import { askedFor, grantOf } from "../../asked.ts";

const id = (prefix: string, mark = "0") => `${prefix}_${mark.repeat(16)}`;
const hash = "h".repeat(43);
const window = { start: "2026-11-20T10:00:00.000Z", end: "2026-11-20T12:00:00.000Z" };
const services = [
  { id: id("svc"), name: "shell", protocol: "ssh" as const, port: 22 },
  { id: id("svc", "1"), name: "web", protocol: "http" as const, port: 80 },
];
const asked = askedFor({
  services,
  windows: [window],
  workstation: { id: id("wks"), label: "Chrome", thumbprints: [hash] },
});
const { type: _type, ...said } = asked;
const request: RequestView = {
  ...said,
  state: "pending",
  siteZone: "Asia/Tokyo",
  device: { ...asked.device, model: "VM" },
  createdAt: window.start,
  decidedAt: null,
  decidedBy: null,
  denial: null,
  grant: null,
  approval: null,
};
const grant: Grant = grantOf(asked);
const approver = id("per", "2");
const host = "staff.localhost";
const shown = { request, windows: [window], approver, host };

/** What an honest authority sends, but for what a test changes. */
function begun(part: {
  grant?: object;
  statement?: Partial<ApprovalStatement>;
  options?: object;
  hash?: string;
}): ApprovalBegun {
  const grantBytes = Buffer.from(JSON.stringify({ ...grant, ...part.grant }));
  const grantHash = statementHash("genkan/grant/v1", grantBytes);
  const statement = {
    type: "genkan/approval/v1",
    grants: [grantHash],
    verdict: "approve",
    approver,
    rp: host,
    nonce: "n",
  };
  const statementBytes = Buffer.from(JSON.stringify({ ...statement, ...part.statement }));
  return {
    ceremony: id("cer"),
    grant: grantBytes.toString("base64url"),
    grantHash: part.hash ?? grantHash,
    statement: statementBytes.toString("base64url"),
    options: {
      challenge: statementHash("genkan/approval/v1", statementBytes),
      rpId: host,
      userVerification: "required",
      ...part.options,
    },
  };
}

describe("before a passkey signs an approval, the page", () => {
  test("finds no fault when what is signed is what it shows", async () => {
    expect(await checkApproval(begun({}), shown)).toEqual([]);
  });

  test("holds for a shorter end than asked, if that is the end shown", async () => {
    const shorter = { ...window, end: "2026-11-20T11:00:00.000Z" };
    expect(await checkApproval(begun({ grant: { windows: [shorter] } }), { ...shown, windows: [shorter] })).toEqual([]);
    expect(await checkApproval(begun({}), { ...shown, windows: [shorter] })).toEqual(["window"]);
  });

  const otherId = (prefix: string) => id(prefix, "9");
  const wrong: [what: string, part: Parameters<typeof begun>[0], faults: ApprovalFault[]][] = [
    ["another person", { grant: { person: { ...grant.person, id: otherId("per") } } }, ["person"]],
    ["another name of the person", { grant: { person: { ...grant.person, name: "鈴木" } } }, ["person"]],
    ["another company", { grant: { person: { ...grant.person, vendor: otherId("ven") } } }, ["person"]],
    ["another workstation", { grant: { workstation: { ...grant.workstation, id: otherId("wks") } } }, ["workstation"]],
    ["another device", { grant: { device: { ...grant.device, id: otherId("dev") } } }, ["device"]],
    [
      "one service more",
      { grant: { services: [...grant.services, { ...grant.services[0], id: otherId("svc") }] } },
      ["services"],
    ],
    [
      "another port",
      { grant: { services: grant.services.map((one) => ({ ...one, port: one.port + 1 })) } },
      ["services"],
    ],
    ["one window more", { grant: { windows: [window, window] } }, ["window"]],
    ["a later end", { grant: { windows: [{ ...window, end: "2026-11-20T12:00:00.001Z" }] } }, ["window"]],
    ["another site", { grant: { site: { ...grant.site, id: otherId("sit") } } }, ["request"]],
    ["another kind of grant", { grant: { type: "genkan/grant/v2" } }, ["statement"]],
    ["a second grant beside it", { statement: { grants: [hash, hash] } }, ["hash"]],
    ["another grant's hash", { statement: { grants: [hash] } }, ["hash"]],
    ["a hash that is not the bytes'", { hash }, ["hash"]],
    ["another approver", { statement: { approver: otherId("per") } }, ["statement"]],
    ["another host", { statement: { rp: "elsewhere.example" } }, ["relying-party"]],
    ["a relying party above this host", { options: { rpId: "localhost" } }, ["relying-party"]],
    ["no verification of the user", { options: { userVerification: "preferred" } }, ["relying-party"]],
    ["a challenge of its own", { options: { challenge: hash } }, ["challenge"]],
  ];
  test.each(wrong)("refuses %s", async (_what, part, faults) => {
    expect(await checkApproval(begun(part), shown)).toEqual(faults);
  });

  test("refuses another grant than the one that others have approved", async () => {
    const proposed = (hash: string) => ({
      ...shown,
      request: {
        ...request,
        approval: {
          places: 2,
          filled: 1,
          wanted: ["officer" as const],
          approvers: [],
          proposed: { hash, windows: [window] },
        },
      },
    });
    const same = begun({});
    expect(await checkApproval(same, proposed(same.grantHash))).toEqual([]);
    expect(await checkApproval(same, proposed(hash))).toEqual(["proposal"]);
  });

  test("refuses what it can't read", async () => {
    const bad = Buffer.from("{").toString("base64url");
    expect(await checkApproval({ ...begun({}), grant: bad }, shown)).toEqual(["unreadable"]);
    expect(await checkApproval({ ...begun({}), statement: "%%" }, shown)).toEqual(["unreadable"]);
    const notUtf8 = Buffer.from([0x22, 0xff, 0x22]).toString("base64url");
    expect(await checkApproval({ ...begun({}), grant: notUtf8 }, shown)).toEqual(["unreadable"]);
  });
});
