import type { Static } from "typebox";
import { Check } from "typebox/value";
import { readApproverList } from "../../../agent/approver-list.ts";
import { ProofGate } from "../../../agent/proof.ts";
import { type Ground, ladder, verifyAdmission } from "../../../agent/verify.ts";
import { statementHash } from "../../../crypto/statement.ts";
import { agentOrders } from "../../../protocol/agent-control.ts";
import { limits } from "../../../protocol/limits.ts";
import * as fixture from "../fixture.ts";
import { bytes } from "../shape/bytes.ts";
import { json } from "../shape/json.ts";
import { segments } from "../shape/parts.ts";
import { mix, type Shape } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

const { agent, approversBytes, authority, grantBytes, id, jsonBytes, jwsOver, later, now, signedApproval, ticket } =
  fixture;
const Order = agentOrders["session.admit"].send;

const header = jsonBytes({ alg: "EdDSA", typ: "genkan/ticket/v1", kid: authority.pin });
const order = {
  ticket: jwsOver(header, jsonBytes(ticket), authority.privateKey),
  request: fixture.signedRequest,
  grant: grantBytes.toString("base64url"),
  approvals: [signedApproval],
  legTokens: [fixture.token("leg")],
};

const ground = (): Ground => ({
  self: agent.pin,
  site: id("site"),
  list: readApproverList(approversBytes, id("site")),
  authorityKey: authority.publicKey,
  nonces: { take: (nonce: string) => nonce === ticket.nonce } as Ground["nonces"],
  allowList: { permits: (address, port) => address === "10.20.0.7" && port === 22 },
  recorder: { ready: true },
  gateways: [ticket.gateway.key],
  browserTls: false,
  knows: () => false,
  now,
});

/** One member of the order is changed as what it is: a JWS, or bytes in base64url that are JSON. */
const parts: Shape = (input, m) => {
  let value: { ticket?: unknown; request?: unknown; grant?: unknown; approvals?: Record<string, unknown>[] };
  try {
    value = JSON.parse(input.toString("utf8")) as typeof value;
  } catch {
    return json(input, m);
  }
  const encoded = (shape: Shape, part: unknown) =>
    shape(Buffer.from(String(part), "base64url"), m).toString("base64url");
  const approval = value.approvals?.[0];
  switch (m.random.below(5)) {
    case 4:
      return jsonBytes({ ...value, request: segments(json)(Buffer.from(String(value.request)), m).toString("latin1") });
    case 0:
      return jsonBytes({ ...value, ticket: segments(json)(Buffer.from(String(value.ticket)), m).toString("latin1") });
    case 1:
      return jsonBytes({ ...value, grant: encoded(json, value.grant) });
    case 2: {
      const name = m.random.of(["statement", "authenticatorData", "clientDataJson", "signature"]);
      const shape = name === "statement" || name === "clientDataJson" ? json : bytes;
      return jsonBytes({ ...value, approvals: [{ ...approval, [name]: encoded(shape, approval?.[name]) }] });
    }
    default:
      return json(input, m);
  }
};

/** What an order to admit must get past, whoever gives it. */
export const admission: Target = {
  name: "admission",
  replayed: 1_000,
  parsers: ["agent/verify.ts", "agent/approver-list.ts (signerOf)", "crypto/statement.ts", "crypto/webauthn.ts"],
  holds: "what is admitted is, to the byte, the grant that was approved, under the ticket that was signed",
  shape: mix([5, parts], [1, text]),
  words: [order.ticket, order.grant, "genkan/grant/v1"],
  verdicts: [
    "frame-malformed",
    "trust-missing",
    "grant-malformed",
    "request-malformed",
    ...ladder.map(({ code }) => code),
  ],
  most: 32_768,
  seeds: () => ({
    one: jsonBytes(order),
    "approved-twice": jsonBytes({ ...order, approvals: [signedApproval, signedApproval] }),
    "not-approved": jsonBytes({ ...order, approvals: [] }),
  }),
  open: () => {
    const own = ground();
    return {
      execute: async (input) => {
        const given = orderIn(input);
        // The control link refuses it before the agent sees it.
        if (!given) return "frame-malformed";
        const { grantHash, ticket: read, approvers } = await verifyAdmission(given, own);
        hold(
          grantHash === fixture.grantHash && Buffer.from(given.grant, "base64url").equals(grantBytes),
          "another grant",
        );
        hold(JSON.stringify(read) === JSON.stringify(ticket), "another ticket");
        hold(approvers.length > 0, "nobody approved");
        return accepted;
      },
    };
  },
};

/** `{ticket, grant, approval}` as JSON: all of them are signed as they are, so that the whole ladder is reached. */
export const admissionSigned: Target = {
  name: "admission-signed",
  replayed: 500,
  parsers: ["agent/verify.ts"],
  holds: "agent, site, grant, window, clock, nonce, service and target of what is admitted are what this agent knows",
  shape: json,
  words: [
    "native",
    "browser",
    "http",
    "x.access.localhost",
    later(-1),
    later(1),
    later(300_000),
    id("session", "other"),
  ],
  verdicts: ["no order", "grant-malformed", "request-malformed", ...ladder.map(({ code }) => code)],
  most: 16_384,
  seeds: () => ({
    native: jsonBytes({ ticket, grant: fixture.grant, approval: fixture.approval }),
    browser: jsonBytes({
      ticket: {
        ...ticket,
        client: "browser",
        clientKey: null,
        host: "x.access.localhost",
        service: id("service", "two"),
      },
      grant: fixture.grant,
      approval: fixture.approval,
    }),
  }),
  open: () => {
    const own = ground();
    return {
      execute: async (input) => {
        const given = signedOrderIn(input);
        if (!given) return "no order";
        const { ticket: read, grant, service, window } = await verifyAdmission(given, own);
        hold(grant.request === fixture.requestHash, "nobody asked for it");
        const keys: readonly string[] = fixture.request.workstation.thumbprints;
        hold(
          grant.workstation.thumbprints.every((key) => keys.includes(key)),
          "another workstation's key",
        );
        hold(grant.agent.key === agent.pin && read.agent === agent.pin, "another agent's");
        hold(grant.site.id === id("site") && read.nonce === ticket.nonce, "of another site, or not fresh");
        hold(Date.parse(window.start) <= now.getTime() && now.getTime() < Date.parse(window.end), "no window is open");
        hold(Math.abs(Date.parse(read.issuedAt) - now.getTime()) <= limits.clockSkewMs, "the clocks differ");
        hold(own.allowList.permits(service.address, service.port) && service.id === read.service, "another target");
        hold(grant.person.id !== id("person", "approver"), "the approver asked");
        return accepted;
      },
    };
  },
};

/** The order with right signatures over whatever stands in it. The approval names the grant unless it was changed itself. */
function signedOrderIn(input: Buffer): Static<typeof Order> | undefined {
  let value: { ticket?: object; grant?: object; approval?: { grants?: unknown } };
  try {
    value = JSON.parse(input.toString("utf8")) as typeof value;
  } catch {
    return undefined;
  }
  const granted = jsonBytes(value?.grant ?? null);
  const hash = statementHash("genkan/grant/v1", granted);
  const named = JSON.stringify(value?.approval ?? null).replace(fixture.grantHash, hash);
  const approval = Buffer.from(named);
  const claims = Buffer.from(JSON.stringify(value?.ticket ?? null).replace(fixture.grantHash, hash));
  const challenge = statementHash("genkan/approval/v1", approval);
  const given = {
    ...order,
    ticket: jwsOver(header, claims, authority.privateKey),
    grant: granted.toString("base64url"),
    approvals: [
      {
        statement: approval.toString("base64url"),
        credential: fixture.credential,
        ...fixture.assertionOver(fixture.authenticatorData, fixture.clientDataOf(challenge)),
      },
    ],
  };
  return Check(Order, given) ? given : undefined;
}

function orderIn(input: Buffer): Static<typeof Order> | undefined {
  try {
    const value: unknown = JSON.parse(input.toString("utf8"));
    return Check(Order, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const proofHeader = jsonBytes({ alg: "EdDSA", typ: "genkan/proof/v1", jwk: fixture.workstationJwk });

/** The client's own proof, the first thing that an agent reads from a stranger. */
export const proofGate: Target = {
  name: "proof-gate",
  replayed: 1_000,
  parsers: ["agent/proof.ts", "crypto/statement.ts (verifyWithJwk)"],
  holds: "only the very proof passes, and a wrong one spends nothing",
  shape: mix([3, segments(json)], [1, text]),
  words: ["EdDSA", "ES256", "none", "genkan/proof/v1"],
  verdicts: ["proof-invalid"],
  most: limits.proofBytes,
  seeds: () => ({
    workstation: jwsOver(proofHeader, jsonBytes(fixture.proof), fixture.workstation),
    browser: jwsOver(
      jsonBytes({ alg: "ES256", typ: "genkan/proof/v1", jwk: fixture.browserJwk }),
      jsonBytes(fixture.proof),
      fixture.browserKey,
    ),
  }),
  open: () => ({
    execute: async (input) => {
      const { grantHash, session, proof, grant } = fixture;
      const { thumbprints } = grant.workstation;
      const gate = new ProofGate({ session, grantHash, thumbprints, nonce: proof.nonce });
      const given = input.toString("latin1");
      await gate.pass(given, proof.binding);
      const payload = Buffer.from(given.split(".")[1] ?? "", "base64url");
      hold(payload.equals(jsonBytes(proof)), "forged");
      const again = await gate.pass(given, proof.binding).catch(() => "refused");
      hold(again === "refused", "it passed twice");
      return accepted;
    },
  }),
};
