import { statementHash } from "../../../crypto/statement.ts";
import type { Rules } from "../../../protocol/approvers.ts";
import type { ApprovalBegun, TrustSignBegun } from "../../../web/app/views.ts";
import { approvalFaults, checkApproval, type Shown } from "../../../web/staff/approval-check.ts";
import { readSigned } from "../../../web/staff/signed-request.ts";
import { checkTrust, trustFaults } from "../../../web/staff/trust-check.ts";
import * as fixture from "../fixture.ts";
import { json } from "../shape/json.ts";
import { segments } from "../shape/parts.ts";
import { mix, type Shape } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const { approval, approvalBytes, approvers, approversBytes, grant, grantBytes, grantHash, id, jsonBytes, rp } = fixture;
const { request, signedRequest } = fixture;

/** A member in base64url is changed as the JSON that it holds; or the answer is changed around it. */
const encoded =
  (...names: readonly string[]): Shape =>
  (input, m) => {
    let value: Record<string, unknown>;
    try {
      value = JSON.parse(input.toString("utf8")) as Record<string, unknown>;
    } catch {
      return json(input, m);
    }
    const name = m.random.of(names);
    const part = json(Buffer.from(String(value[name]), "base64url"), m);
    return jsonBytes({ ...value, [name]: part.toString("base64url") });
  };

function read(input: Buffer): object | undefined {
  try {
    const value: unknown = JSON.parse(input.toString("utf8"));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const { type: _type, ...said } = request;
const shown: Shown = {
  request: { ...said, device: { ...request.device, model: "M-1" } } as Shown["request"],
  ground: {
    statement: signedRequest,
    agent: { ...grant.agent, name: "agent-1" },
    services: grant.services,
    keys: grant.workstation.thumbprints.map((thumbprint) => ({
      thumbprint,
      kind: "browser",
      since: grant.windows[0]?.start ?? "",
      approvals: 1,
    })),
  },
  windows: grant.windows,
  approver: approval.approver,
  host: rp,
};
const begun = {
  ceremony: id("ceremony"),
  grant: grantBytes.toString("base64url"),
  grantHash,
  statement: approvalBytes.toString("base64url"),
  options: { challenge: statementHash("genkan/approval/v1", approvalBytes), rpId: rp, userVerification: "required" },
};

/** What an approver's page makes of a server's answer, before a finger is on the sensor. */
export const approvalCheck: Target = {
  name: "approval-check",
  replayed: 1_000,
  parsers: ["web/staff/approval-check.ts", "web/app/digest.ts"],
  holds: "without a fault, the bytes that will be signed say what the page shows",
  shape: mix([4, encoded("grant", "statement")], [3, json], [1, text]),
  words: [begun.grant, begun.statement, grantHash, "deny"],
  verdicts: [...approvalFaults, "no answer"],
  most: 32_768,
  seeds: () => ({ honest: jsonBytes(begun) }),
  open: () => ({
    execute: async (input) => {
      const answer = read(input);
      if (!answer) return "no answer";
      const [fault] = await checkApproval(answer as ApprovalBegun, shown);
      if (fault) return fault;
      const signed = JSON.parse(
        Buffer.from((answer as typeof begun).grant, "base64url").toString("utf8"),
      ) as typeof grant;
      hold(signed.person.id === grant.person.id && signed.device.id === grant.device.id, "another person or device");
      hold(JSON.stringify(signed.windows) === JSON.stringify(grant.windows), "another window");
      return accepted;
    },
  }),
};

/** What the page makes of a signed request, whoever sent it. */
export const signedRequestRead: Target = {
  name: "signed-request",
  replayed: 500,
  parsers: ["web/staff/signed-request.ts"],
  holds: "by a key of the workstation nothing is read but, to the byte, what that key signed",
  shape: mix([3, segments(json)], [1, text]),
  words: ["EdDSA", "ES256", "none", "genkan/request/v1", "genkan/proof/v1", "crit"],
  verdicts: ["refused"],
  most: 16_384,
  seeds: () => ({ honest: signedRequest }),
  open: () => ({
    execute: async (input) => {
      const read = await readSigned(input.toString("latin1")).catch(() => null);
      if (!read) return "refused";
      const known: readonly string[] = request.workstation.thumbprints;
      if (known.includes(read.signer)) hold(read.hash === fixture.requestHash, "forged");
      return accepted;
    },
  }),
};

const current = { version: 1, hash: statementHash("genkan/approvers/v1", approversBytes) };
const next = { ...approvers, version: 2, previous: current.hash };
const nextBytes = jsonBytes(next);
const nextHash = statementHash("genkan/approvers/v1", nextBytes);
const listed = next.keys.map(({ person, credential, expires }) => ({
  person,
  credential,
  roles: ["approver" as const],
  expires,
}));
const rules = next.rules as Rules;
const trust = {
  site: { id: next.site, name: "own" },
  current: { ...current, approvers: listed, rules },
  proposed: { version: 2, hash: nextHash, approvers: listed, rules, signedBy: [] },
};

export const trustCheck: Target = {
  name: "trust-check",
  replayed: 1_000,
  parsers: ["web/staff/trust-check.ts", "web/app/digest.ts"],
  holds: "without a fault, the very list that the page shows will be signed",
  shape: mix([4, encoded("statement")], [3, json], [1, text]),
  words: [nextHash, "genkan/approvers/v1"],
  verdicts: [...trustFaults, "no answer"],
  most: 32_768,
  seeds: () => ({
    honest: jsonBytes({
      ceremony: id("ceremony"),
      statement: nextBytes.toString("base64url"),
      options: { challenge: nextHash },
    }),
  }),
  open: () => ({
    execute: async (input) => {
      const answer = read(input);
      if (!answer) return "no answer";
      const [fault] = await checkTrust(answer as TrustSignBegun, trust);
      if (fault) return fault;
      const { statement } = answer as { statement: string };
      hold(Buffer.from(statement, "base64url").equals(nextBytes), "another list");
      return accepted;
    },
  }),
};
