import type { KeyObject } from "node:crypto";
import type { Static } from "typebox";
import { verifyRequest } from "../crypto/access-request.ts";
import { parseStatement, statementHash, verifyStatement } from "../crypto/statement.ts";
import type { agentOrders } from "../protocol/agent-control.ts";
import type { ApproverKey } from "../protocol/approvers.ts";
import type { Hash, Pin } from "../protocol/brand.ts";
import { chainFaultsOf, type SignedRequest } from "../protocol/chain.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { Grant } from "../protocol/grant.ts";
import { notKept } from "../protocol/kept-obligations.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { channelOf, type Service } from "../protocol/service.ts";
import { ApprovalStatement, Ticket } from "../protocol/statement.ts";
import type { Window } from "../protocol/window.ts";
import { openWindow } from "../protocol/window-at.ts";
import { type ApproverList, metBy, signerOf } from "./approver-list.ts";
import { isLoopbackHost } from "./loopback-host.ts";
import type { TicketNonces } from "./nonces.ts";

export type AdmitOrder = Static<(typeof agentOrders)["session.admit"]["send"]>;

/** What the agent holds an order against: all of it is its own, none of it comes from the authority but its pinned key. */
export interface Ground {
  /** SHA-256 of this agent's public key. */
  readonly self: Pin;
  readonly site: Id<"site">;
  readonly list: ApproverList | undefined;
  readonly authorityKey: KeyObject;
  readonly nonces: TicketNonces;
  readonly allowList: { permits(address: string, port: number): boolean };
  readonly recorder: { readonly ready: boolean };
  /** Keys of the gateways that this host names. */
  readonly gateways: readonly Pin[];
  /** Whether it has a certificate for access hosts. */
  readonly browserTls: boolean;
  /** Whether a session of this id is or was served. */
  knows(session: Id<"session">): boolean;
  readonly now: Date;
}

/** A session that may be served. */
export interface Admission {
  readonly ticket: Ticket;
  readonly grant: Grant;
  readonly grantHash: Hash;
  readonly service: Service;
  /** The interval of the grant that is open now. */
  readonly window: Window;
  /** By how much the authority's clock, which closes the window then, is ahead of this agent's; 0 where it is not. */
  readonly aheadMs: number;
  /** Keys that approved. */
  readonly approvers: readonly ApproverKey[];
}

/** An order, parsed, with what its parts say of each other. */
interface Claim {
  readonly ground: Ground;
  readonly list: ApproverList;
  readonly ticket: Ticket;
  readonly grant: Grant;
  readonly grantHash: Hash;
  readonly asked: SignedRequest;
  readonly approvers: readonly ApproverKey[];
  readonly service: Service | undefined;
  readonly window: Window | undefined;
}

interface Check {
  readonly name: string;
  readonly code: ErrorCode;
  holds(claim: Claim): boolean;
  /** What exactly did not hold, for whoever has to mend it. */
  detail?(claim: Claim): string;
}

/**
 * What must hold before a session is served, in this order; the first that does not is the refusal. Before it, parsing
 * refuses `trust-missing`, `ticket-invalid` (no JWS of the authority), `grant-malformed` and `request-malformed`. A ticket's nonce is spent
 * once its check is reached, so an order that fails later needs a new one.
 */
export const ladder: readonly Check[] = [
  {
    name: "the grant names this agent's key",
    code: "grant-other-agent",
    holds: (c) => c.grant.agent.key === c.ground.self,
  },
  { name: "the grant is for this site", code: "grant-other-agent", holds: (c) => c.grant.site.id === c.ground.site },
  { name: "the ticket is for this agent", code: "ticket-invalid", holds: (c) => c.ticket.agent === c.ground.self },
  { name: "the client operates the device", code: "role-not-served", holds: (c) => c.ticket.role === "operate" },
  {
    name: "this host names the ticket's gateway",
    code: "gateway-unknown",
    holds: (c) => c.ground.gateways.includes(c.ticket.gateway.key),
  },
  { name: "the ticket names this grant", code: "ticket-invalid", holds: (c) => c.ticket.grant === c.grantHash },
  {
    name: "those approved whom the grant's rule requires",
    code: "approval-missing",
    holds: (c) => metBy(requirementsOf(c.list, c.grant), c.approvers),
  },
  {
    name: "the requester is not among them",
    code: "approval-self",
    holds: (c) => c.approvers.every((key) => key.person.id !== c.grant.person.id),
  },
  {
    name: "the grant follows from the request that the workstation signed",
    code: "request-mismatch",
    holds: (c) => chainFaultsOf(c.grant, c.asked).length === 0,
    detail: (c) => `It differs in: ${chainFaultsOf(c.grant, c.asked).join(", ")}.`,
  },
  {
    name: "the grant obliges to nothing that this agent does not keep",
    code: "obligation-refused",
    holds: (c) => notKept(c.grant.obligations).length === 0,
    detail: (c) => `It does not keep: ${notKept(c.grant.obligations).join(", ")}.`,
  },
  // Before the windows: a clock that is wrong is what has to be mended, whatever window it shows.
  {
    name: "both clocks agree",
    code: "clock-skew",
    holds: (c) => Math.abs(Date.parse(c.ticket.issuedAt) - c.ground.now.getTime()) <= limits.clockSkewMs,
  },
  {
    name: "a window has begun, or none is to come",
    code: "window-not-begun",
    holds: (c) => c.window !== undefined || !c.grant.windows.some((w) => Date.parse(w.start) > laterClock(c)),
  },
  { name: "a window is open", code: "window-closed", holds: (c) => c.window !== undefined },
  {
    name: "a native client is named by its key, a browser has none",
    code: "ticket-invalid",
    holds: (c) => (c.ticket.client === "native") === (c.ticket.clientKey !== null),
  },
  { name: "the session is new", code: "ticket-replayed", holds: (c) => !c.ground.knows(c.ticket.session) },
  {
    name: "the nonce is this agent's and unused",
    code: "ticket-replayed",
    holds: (c) => c.ground.nonces.take(c.ticket.nonce),
  },
  { name: "the grant names the service", code: "service-not-granted", holds: (c) => c.service !== undefined },
  {
    name: "there is a way by which this client reaches it",
    code: "service-not-granted",
    holds: (c) => c.service !== undefined && channelOf(c.service.protocol, c.ticket.client) !== null,
  },
  {
    name: "a browser comes over TLS or from its own machine",
    code: "service-not-granted",
    holds: (c) => c.ticket.client === "native" || c.ground.browserTls || isLoopbackHost(c.ticket.host),
  },
  {
    name: "the allow-list names the target",
    code: "target-not-listed",
    holds: (c) => c.service !== undefined && c.ground.allowList.permits(c.service.address, c.service.port),
  },
  { name: "the recorder can write", code: "recorder-unavailable", holds: (c) => c.ground.recorder.ready },
];

/** Decides an order to admit. Throws the refusal's code; what it returns may be served. */
export async function verifyAdmission(order: AdmitOrder, ground: Ground): Promise<Admission> {
  const { list, now } = ground;
  if (!list) throw new GenkanError("trust-missing");
  const ticket = await verifyStatement("genkan/ticket/v1", Ticket, order.ticket, ground.authorityKey, "ticket-invalid");
  const grantBytes = Buffer.from(order.grant, "base64url");
  const grant = parseStatement(Grant, grantBytes, "grant-malformed");
  const grantHash = statementHash("genkan/grant/v1", grantBytes);
  const asked = await verifyRequest(order.request);
  const service = grant.services.find((granted) => granted.id === ticket.service);
  const window = openWindow(grant.windows, laterClock({ ground, ticket }));
  const approvers = approversOf(order, list, grant, grantHash, now);
  const claim: Claim = { ground, list, ticket, grant, grantHash, asked, approvers, service, window };
  for (const check of ladder) if (!check.holds(claim)) throw new GenkanError(check.code, check.detail?.(claim));
  if (!service || !window) throw new GenkanError("internal");
  const aheadMs = laterClock(claim) - now.getTime();
  return { ticket, grant, grantHash, service, window, aheadMs, approvers };
}

/**
 * Epoch milliseconds by which windows open and close: of this agent's clock and the authority's, which {@link limits.clockSkewMs}
 * keeps together, whichever is later. So a window that has begun for whoever asked is open here, and none stays open for longer
 * than either clock says.
 */
function laterClock({ ground, ticket }: Pick<Claim, "ground" | "ticket">): number {
  return Math.max(ground.now.getTime(), Date.parse(ticket.issuedAt));
}

/** Whom the pinned list requires for a grant. */
const requirementsOf = (list: ApproverList, grant: Grant) => list.statement.rules[grant.rule];

/**
 * Keys that approved this grant. One that does not count (unknown, expired, of no role that is required, another person's name
 * or rpID in the statement, another grant, a signature that does not hold) is left out, so that a lapsed key beside enough
 * others does no harm.
 */
function approversOf(order: AdmitOrder, list: ApproverList, grant: Grant, grantHash: Hash, now: Date): ApproverKey[] {
  const required = new Set(requirementsOf(list, grant).flatMap(({ roles }) => roles));
  return order.approvals.flatMap((signed) => {
    const bytes = Buffer.from(signed.statement, "base64url");
    const key = signerOf(list, signed, { type: "genkan/approval/v1", bytes, now });
    if (!key?.roles.some((role) => required.has(role))) return [];
    const approval = readApproval(bytes);
    const counts =
      approval?.approver === key.person.id && approval.rp === key.rp && approval.grants.includes(grantHash);
    return counts ? [key] : [];
  });
}

function readApproval(bytes: Uint8Array): ApprovalStatement | undefined {
  try {
    return parseStatement(ApprovalStatement, bytes, "approval-missing");
  } catch (error) {
    if (error instanceof GenkanError) return undefined;
    throw error;
  }
}
