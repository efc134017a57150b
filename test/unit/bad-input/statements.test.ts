import type { TSchema } from "typebox";
import { describe, expect, test } from "vitest";
import { readApproverList } from "../../../agent/approver-list.ts";
import { TicketNonces } from "../../../agent/nonces.ts";
import { type Ground, verifyAdmission } from "../../../agent/verify.ts";
import { parseStatement, verifyStatement, verifyWithJwk } from "../../../crypto/statement.ts";
import { verifyAssertion } from "../../../crypto/webauthn.ts";
import { AccessRequest } from "../../../protocol/access-request.ts";
import { ApproversStatement } from "../../../protocol/approvers.ts";
import type { ErrorCode } from "../../../protocol/error.ts";
import { Grant } from "../../../protocol/grant.ts";
import {
  ApprovalStatement,
  EnrolmentProof,
  Lease,
  Proof,
  type StatementType,
  Ticket,
} from "../../../protocol/statement.ts";
import { asToken } from "../../brand.ts";
import * as f from "../../fuzz/fixture.ts";

interface Kind {
  readonly schema: TSchema;
  readonly code: ErrorCode;
  readonly honest: object;
  /** One more than the schema allows, of what there may be many. */
  readonly oneTooMany: object;
}
const many = <T>(count: number, item: T): T[] => Array<T>(count).fill(item);

const kinds: Readonly<Record<StatementType, Kind>> = {
  "genkan/request/v1": {
    schema: AccessRequest,
    code: "request-malformed",
    honest: f.request,
    oneTooMany: { ...f.request, plan: "計".repeat(4_001) },
  },
  "genkan/grant/v1": {
    schema: Grant,
    code: "grant-malformed",
    honest: f.grant,
    oneTooMany: { ...f.grant, windows: many(33, f.grant.windows[0]) },
  },
  "genkan/approval/v1": {
    schema: ApprovalStatement,
    code: "approval-missing",
    honest: f.approval,
    oneTooMany: { ...f.approval, grants: many(17, f.grantHash) },
  },
  "genkan/approvers/v1": {
    schema: ApproversStatement,
    code: "trust-refused",
    honest: f.approvers,
    oneTooMany: { ...f.approvers, keys: many(257, f.approvers.keys[0]) },
  },
  "genkan/ticket/v1": {
    schema: Ticket,
    code: "ticket-invalid",
    honest: f.ticket,
    oneTooMany: { ...f.ticket, host: "h".repeat(254) },
  },
  "genkan/lease/v1": {
    schema: Lease,
    code: "lease-invalid",
    honest: f.lease,
    oneTooMany: { ...f.lease, sessions: many(4_097, f.session) },
  },
  "genkan/proof/v1": {
    schema: Proof,
    code: "proof-invalid",
    honest: f.proof,
    oneTooMany: { ...f.proof, binding: "b".repeat(301) },
  },
  "genkan/enrolment/v1": {
    schema: EnrolmentProof,
    code: "proof-invalid",
    honest: f.enrolment,
    oneTooMany: { ...f.enrolment, subject: "s".repeat(129) },
  },
};
const types = Object.entries(kinds) as [StatementType, Kind][];

describe.each(types)("a statement of type %s", (_type, { schema, code, honest, oneTooMany }) => {
  const text = JSON.stringify(honest);
  const parse = (given: string | Buffer) => parseStatement(schema, Buffer.from(given as string), code);
  const refused = expect.objectContaining({ code });

  test("reads as it was written", () => {
    expect(parse(text)).toEqual(honest);
  });

  test("cut short at any byte is refused by its code", () => {
    const bytes = Buffer.from(text);
    for (let length = 0; length < bytes.length; length++)
      expect(() => parse(bytes.subarray(0, length))).toThrow(refused);
  });

  test("with any member twice, in front or behind, is refused", () => {
    for (const [name, value] of Object.entries(honest)) {
      const member = `"${name}":${JSON.stringify(value)}`;
      expect(() => parse(`{${member},${text.slice(1)}`)).toThrow(refused);
      expect(() => parse(`${text.slice(0, -1)},${member}}`)).toThrow(refused);
    }
  });

  test("without any of its members, with one more, or with one too many of a kind, is refused", () => {
    for (const name of Object.keys(honest)) {
      const { [name]: _, ...rest } = honest as Record<string, unknown>;
      expect(() => parse(JSON.stringify(rest))).toThrow(refused);
    }
    expect(() => parse(JSON.stringify({ ...honest, more: 1 }))).toThrow(refused);
    expect(() => parse(`{"__proto__":{},${text.slice(1)}`)).toThrow(refused);
    expect(() => parse(JSON.stringify(oneTooMany))).toThrow(refused);
  });

  test("with its members in another order means the same", () => {
    const turned = Object.fromEntries(Object.entries(honest).toReversed());
    expect(parse(JSON.stringify(turned))).toEqual(honest);
  });

  test("is refused when it is no JSON, no UTF-8, no object, or nests without end", () => {
    for (const given of ["", "null", "[]", `[${text}]`, `"${text}`, `${text} `, `\ufeff${text}`, "[".repeat(100_000)])
      expect(() => parse(given)).toThrow(refused);
    expect(() => parse(Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.of(0xff, 0x7d)]))).toThrow(refused);
  });
});

const signedTypes = ["genkan/ticket/v1", "genkan/lease/v1", "genkan/proof/v1", "genkan/enrolment/v1"] as const;

describe.each(signedTypes)("a signed statement of type %s", (type) => {
  const { schema, code, honest } = kinds[type];
  const own = type === "genkan/ticket/v1" || type === "genkan/lease/v1";
  const header = f.jsonBytes({ alg: "EdDSA", typ: type, ...(own ? { kid: "k" } : { jwk: f.workstationJwk }) });
  const key = own ? f.authority.privateKey : f.workstation;
  const jws = f.jwsOver(header, f.jsonBytes(honest), key);
  const outcome = async (given: string): Promise<string> => {
    const verified = own
      ? verifyStatement(type, schema, given, f.authority.publicKey, code)
      : verifyWithJwk(type, schema, given, code);
    return verified.then(
      () => "accepted",
      (error: { code: string }) => error.code,
    );
  };

  test("is accepted whole, and cut short at any character refused by its code", async () => {
    expect(await outcome(jws)).toBe("accepted");
    for (let length = 0; length < jws.length; length++)
      expect([length, await outcome(jws.slice(0, length))]).toEqual([length, code]);
  });

  test("with a part left out, twice, or in another place is refused", async () => {
    const [a, b, c] = jws.split(".") as [string, string, string];
    for (const parts of [
      [a, b],
      [a, c],
      [b, c],
      [a, b, b, c],
      [a, a, b, c],
      [a, b, c, c],
      [b, a, c],
      [c, b, a],
      [a, c, b],
      [a, "", c],
    ])
      expect([parts, await outcome(parts.join("."))]).toEqual([parts, code]);
  });

  test("with its type or algorithm twice in the header, or beyond the length of any, is refused", async () => {
    const text = header.toString();
    for (const doubled of [
      `{"typ":"genkan/other/v1",${text.slice(1)}`,
      `${text.slice(0, -1)},"typ":"genkan/other/v1"}`,
    ]) {
      const given = f.jwsOver(Buffer.from(doubled), f.jsonBytes(honest), key);
      // The last one counts, as RFC 7515, section 4, allows: so one that ends in another type is of that type.
      expect(await outcome(given)).toBe(doubled.endsWith('other/v1"}') ? code : "accepted");
    }
    const long = f.jwsOver(header, f.jsonBytes({ ...honest, more: "x".repeat(8_192) }), key);
    expect(await outcome(long)).toBe(code);
  });
});

describe("a passkey's assertion", () => {
  const { authenticatorData, clientDataJson, signature } = f.signedApproval;
  const assertion = { authenticatorData, clientDataJson, signature };
  const challenge = JSON.parse(Buffer.from(clientDataJson, "base64url").toString()).challenge as string;
  const verify = (given: typeof assertion) =>
    verifyAssertion(given, { challenge, origin: f.origin, rp: f.rp, publicKey: f.passkeyCose }, "approval-missing");

  test("is accepted whole", () => {
    expect(() => verify(assertion)).not.toThrow();
  });

  test.each(Object.keys(assertion) as (keyof typeof assertion)[])(
    "with %s cut short at any byte, twice, or one byte longer is refused",
    (name) => {
      const bytes = Buffer.from(assertion[name], "base64url");
      const wrong = [Buffer.concat([bytes, bytes]), Buffer.concat([bytes, Buffer.of(0)])];
      for (let length = 0; length < bytes.length; length++) wrong.push(bytes.subarray(0, length));
      for (const part of wrong)
        expect(() => verify({ ...assertion, [name]: part.toString("base64url") })).toThrow(
          expect.objectContaining({ code: "approval-missing" }),
        );
    },
  );

  test("with its parts in each other's place is refused", () => {
    for (const given of [
      { ...assertion, authenticatorData: clientDataJson, clientDataJson: authenticatorData },
      { ...assertion, signature: clientDataJson, clientDataJson: signature },
    ])
      expect(() => verify(given)).toThrow(expect.objectContaining({ code: "approval-missing" }));
  });
});

describe("an order to admit", () => {
  const header = f.jsonBytes({ alg: "EdDSA", typ: "genkan/ticket/v1", kid: "k" });
  const nonces = () => new TicketNonces({ now: () => 0, random: () => f.ticket.nonce });
  const ground = (own: TicketNonces): Ground => ({
    self: f.agent.pin,
    site: f.id("site"),
    list: readApproverList(f.approversBytes, f.id("site")),
    authorityKey: f.authority.publicKey,
    nonces: own,
    allowList: { permits: () => true },
    recorder: { ready: true },
    gateways: [f.ticket.gateway.key],
    browserTls: false,
    knows: () => false,
    now: f.now,
  });
  const order = {
    ticket: f.jwsOver(header, f.jsonBytes(f.ticket), f.authority.privateKey),
    request: f.signedRequest,
    grant: f.grantBytes.toString("base64url"),
    approvals: [f.signedApproval],
    legTokens: [asToken(f.token("leg"))],
  };

  test("that is malformed in any part spends nothing: the honest one after it is admitted, and only once", async () => {
    const own = nonces();
    own.issue();
    const half = (text: string) => text.slice(0, text.length >> 1);
    const wrong: [object, string][] = [
      [{ ticket: half(order.ticket) }, "ticket-invalid"],
      [{ request: half(order.request) }, "request-malformed"],
      [{ grant: half(order.grant) }, "grant-malformed"],
      [{ grant: `${order.grant}${order.grant}` }, "grant-malformed"],
      [{ approvals: [] }, "approval-missing"],
      [{ approvals: [{ ...f.signedApproval, statement: half(f.signedApproval.statement) }] }, "approval-missing"],
      [{ approvals: [{ ...f.signedApproval, signature: half(f.signedApproval.signature) }] }, "approval-missing"],
    ];
    for (const [change, code] of wrong)
      await expect(verifyAdmission({ ...order, ...change }, ground(own))).rejects.toMatchObject({ code });
    await expect(verifyAdmission(order, ground(own))).resolves.toMatchObject({ grantHash: f.grantHash });
    await expect(verifyAdmission(order, ground(own))).rejects.toMatchObject({ code: "ticket-replayed" });
  });

  test("with the same approval many times counts one person", async () => {
    const own = nonces();
    own.issue();
    const two = { ...f.approvers, rules: { ...f.approvers.rules, normal: [{ roles: ["approver"], persons: 2 }] } };
    const list = readApproverList(f.jsonBytes(two), f.id("site"));
    const approvals = many(16, f.signedApproval);
    await expect(verifyAdmission({ ...order, approvals }, { ...ground(own), list })).rejects.toMatchObject({
      code: "approval-missing",
    });
  });
});
