import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { signRequest } from "../../../crypto/access-request.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import type { ApprovalGround } from "../../../protocol/api/approval-ground.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { Hash } from "../../../protocol/brand.ts";
import type { Grant } from "../../../protocol/grant.ts";
import { type Id, type IdKind, makeId } from "../../../protocol/make-id.ts";
import type { ApprovalStatement } from "../../../protocol/statement.ts";
import type { ApprovalBegun } from "../../../web/app/views.ts";
import { type ApprovalFault, checkApproval } from "../../../web/staff/approval-check.ts";
import { askedFor, grantOf } from "../../asked.ts";
import { asHash, asPin } from "../../brand.ts";

const id = <K extends IdKind>(kind: K, mark = 0): Id<K> => makeId(kind, new Uint8Array(10).fill(mark));
const hash = asHash("h".repeat(43));
const window = { start: "2026-11-20T10:00:00.000Z", end: "2026-11-20T12:00:00.000Z" };
const services = [
  { id: id("service"), name: "shell", protocol: "ssh" as const, port: 22 },
  { id: id("service", 1), name: "web", protocol: "http" as const, port: 80 },
];
const key = workstationKey();
const asked = askedFor({
  services,
  windows: [window],
  workstation: { id: id("workstation"), label: "Chrome", thumbprints: [key.thumbprint] },
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
const approver = id("person", 2);
const host = "staff.localhost";
const ground: ApprovalGround = {
  statement: await key.sign(asked),
  agent: { ...grant.agent, name: "agent-1" },
  services: grant.services,
  keys: [{ thumbprint: key.thumbprint, kind: "browser", since: window.start, approvals: 3 }],
};
const shown = { request, ground, windows: [window], approver, host };

function workstationKey(type: "ec" | "ed25519" = "ec") {
  const { privateKey, publicKey } =
    type === "ec" ? generateKeyPairSync("ec", { namedCurve: "P-256" }) : generateKeyPairSync("ed25519");
  const jwk = publicJwkOf(publicKey);
  return { thumbprint: jwkThumbprint(jwk), sign: (request: AccessRequest) => signRequest(request, privateKey, jwk) };
}

/** What an honest authority sends, but for what a test changes. */
function begun(part: {
  grant?: object;
  statement?: Partial<ApprovalStatement>;
  options?: object;
  hash?: Hash;
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
    ceremony: id("ceremony"),
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
    expect(await checkApproval(begun({}), { ...shown, windows: [shorter] })).toEqual(["windows"]);
  });

  const otherId = <K extends IdKind>(kind: K): Id<K> => id(kind, 9);
  const wrong: [what: string, part: Parameters<typeof begun>[0], faults: ApprovalFault[]][] = [
    ["another person", { grant: { person: { ...grant.person, id: otherId("person") } } }, ["person"]],
    ["another name of the person", { grant: { person: { ...grant.person, name: "鈴木" } } }, ["person"]],
    ["another company", { grant: { person: { ...grant.person, vendor: otherId("vendor") } } }, ["person", "vendor"]],
    [
      "another workstation",
      { grant: { workstation: { ...grant.workstation, id: otherId("workstation") } } },
      ["workstation"],
    ],
    ["another device", { grant: { device: { ...grant.device, id: otherId("device") } } }, ["device"]],
    [
      "one service more",
      { grant: { services: [...grant.services, { ...grant.services[0], id: otherId("service") }] } },
      ["services"],
    ],
    [
      "another port",
      { grant: { services: grant.services.map((one) => ({ ...one, port: one.port + 1 })) } },
      ["services"],
    ],
    ["one window more", { grant: { windows: [window, window] } }, ["windows"]],
    ["a later end", { grant: { windows: [{ ...window, end: "2026-11-20T12:00:00.001Z" }] } }, ["windows"]],
    ["another site", { grant: { site: { ...grant.site, id: otherId("site") } } }, ["site"]],
    ["another request", { grant: { request: hash } }, ["request"]],
    ["another zone", { grant: { zone: "UTC" } }, ["zone"]],
    ["another rule", { grant: { rule: "emergency" } }, ["rule"]],
    [
      "one key of a workstation more",
      { grant: { workstation: { ...grant.workstation, thumbprints: [key.thumbprint, hash] } } },
      ["workstation"],
    ],
    ["another agent's key", { grant: { agent: { ...grant.agent, key: asPin(hash) } } }, ["agent"]],
    [
      "another address",
      { grant: { services: grant.services.map((one) => ({ ...one, address: "10.0.0.2" })) } },
      ["services"],
    ],
    ["an obligation less", { grant: { obligations: { ...grant.obligations, recording: "counts" } } }, ["grant"]],
    ["a grant that it replaces", { grant: { replaces: hash } }, ["grant"]],
    ["a member that nobody knows", { grant: { forever: true } }, ["grant"]],
    ["another kind of grant", { grant: { type: "genkan/grant/v2" } }, ["statement", "grant"]],
    ["a second grant beside it", { statement: { grants: [asHash(hash), asHash(hash)] } }, ["hash"]],
    ["another grant's hash", { statement: { grants: [asHash(hash)] } }, ["hash"]],
    ["a hash that is not the bytes'", { hash }, ["hash"]],
    ["another approver", { statement: { approver: otherId("person") } }, ["statement"]],
    ["another host", { statement: { rp: "elsewhere.example" } }, ["relying-party"]],
    ["a relying party above this host", { options: { rpId: "localhost" } }, ["relying-party"]],
    ["no verification of the user", { options: { userVerification: "preferred" } }, ["relying-party"]],
    ["a challenge of its own", { options: { challenge: hash } }, ["challenge"]],
  ];
  test.each(wrong)("refuses %s", async (_what, part, faults) => {
    expect(await checkApproval(begun(part), shown)).toEqual(faults);
  });

  test("verifies the request that a terminal signed, too", async () => {
    const terminal = workstationKey("ed25519");
    const from = { ...asked.workstation, thumbprints: [terminal.thumbprint] };
    const own = { ...asked, workstation: from };
    const keys = ground.keys.map((one) => ({ ...one, thumbprint: terminal.thumbprint }));
    const there = {
      ...shown,
      request: { ...request, workstation: from },
      ground: { ...ground, keys, statement: await terminal.sign(own) },
    };
    const given = grantOf(own, { id: grant.id, agent: grant.agent });
    expect(await checkApproval(begun({ grant: given }), there)).toEqual([]);
  });

  test("refuses a request that the workstation did not sign, or that it shows otherwise", async () => {
    const at = (change: Partial<ApprovalGround>) =>
      checkApproval(begun({}), { ...shown, ground: { ...ground, ...change } });
    const [head, , signature] = ground.statement.split(".");
    const doctored = Buffer.from(JSON.stringify({ ...asked, reason: "Another" })).toString("base64url");
    expect(await at({ statement: `${head}.${doctored}.${signature}` })).toEqual(["signature"]);
    expect(await at({ statement: "no.jws.at-all" })).toEqual(["signature"]);
    expect(await at({ statement: await workstationKey().sign(asked) })).toEqual(["signer"]);
    expect(await at({ keys: [] })).toEqual(["keys"]);
    for (const part of [
      { reason: "Another" },
      { plan: "Another" },
      { workOrder: "WO-2" },
      { workstation: { ...request.workstation, label: "x" } },
    ])
      expect(await checkApproval(begun({}), { ...shown, request: { ...request, ...part } })).toEqual(["shown"]);
  });

  test("refuses another grant than the one that others have approved", async () => {
    const proposed = (hash: Hash) => ({
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
