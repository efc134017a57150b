import type { Static } from "typebox";
import { newId, randomBytes, randomToken } from "../crypto/random.ts";
import { signStatement } from "../crypto/statement.ts";
import { decide } from "../policy/decide.ts";
import type { AdmitFacts } from "../policy/facts.ts";
import type { SessionCreate, SessionTicket } from "../protocol/api/session.ts";
import { personActor } from "../protocol/audit.ts";
import type { Decision } from "../protocol/decision.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import { base32, type Id } from "../protocol/make-id.ts";
import { channelOf } from "../protocol/service.ts";
import type { Ticket } from "../protocol/statement.ts";
import { openWindow } from "../protocol/window-at.ts";
import { linkDomain } from "../protocol/wire-name.ts";
import type { Db } from "../store/database.ts";
import { findGrant, type StoredGrant } from "../store/grant.ts";
import type { Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { findSession, insertSession, setWindowEnd } from "../store/session.ts";
import { readEpoch } from "../store/store.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { FactReader } from "./fact-reader.ts";
import { chooseGateway } from "./gateway-choice.ts";
import { accessOrigin } from "./hosts.ts";
import { endSessions } from "./session-end.ts";

type Input = Static<typeof SessionCreate.body>;

/**
 * The one way into a session: token (verified by the caller's authentication) → grant → decision → row, route, ticket.
 * `through` is the gateway over which the caller has come. Throws `denied` with reasons, `not-found`, `gateway-unavailable`, `agent-unavailable`, or what the agent refused.
 */
export async function admit(
  c: Context,
  caller: PersonCaller,
  input: Input,
  through: Id<"gateway"> | null = null,
): Promise<SessionTicket> {
  const grant = await findGrant(c.store.db, caller.scope, input.grant);
  if (!grant) throw new GenkanError("not-found");
  const service = grant.grant.services.find(({ id }) => id === input.service);
  if ((input.client === "native") !== (input.clientKey !== null))
    throw new GenkanError("bad-request", "A native client names its TLS key, a browser none.");
  // Decided before anything is asked of others, so that a refusal costs them nothing; decided again with the row.
  await decided(c, c.store.db, caller, grant, input.service);
  if (!service || channelOf(service.protocol, input.client) === null)
    throw new GenkanError("bad-request", "A browser can't show this service: use the command line.");
  const agent = c.agents.find(grant.grant.agent.id);
  if (!agent) throw new GenkanError(c.gateways.connected().length > 0 ? "agent-unavailable" : "gateway-unavailable");
  const connected = c.gateways.connected();
  const chosen = chooseGateway({
    authority: connected.map(({ id, address }) => ({ id, key: address.pin })),
    agent: c.agents.gatewaysOf(grant.grant.agent.id),
    client: through,
  });
  const gateway = chosen === null ? null : c.gateways.find(chosen);
  if (!gateway) throw new GenkanError("gateway-unavailable");

  const { nonce } = await agent.request("nonce.request", {});
  const session = newId("session");
  const random = base32(randomBytes(16));
  const host = input.client === "native" ? `${random}.${linkDomain}` : `http-${random}.${c.hosts.accessDomain}`;
  const access = accessOrigin(c.hosts, host);
  const granted = await keep(c, caller, grant, { id: session, gateway: gateway.id, host, input });
  // Whose no or whose silence it is when the next call fails.
  let asked: "gateway" | "agent" | null = "gateway";
  try {
    const tokens = Array.from({ length: limits.legTokens }, () => randomToken());
    await gateway.openRoute({ host, session, leaseMs: limits.leaseMs, tokens });
    asked = "agent";
    const ticket: Ticket = {
      session,
      grant: grant.hash,
      agent: grant.grant.agent.key,
      service: input.service,
      host: input.client === "native" ? host : access.host,
      client: input.client,
      role: "operate",
      gateway: { id: gateway.id, key: gateway.address.pin },
      clientKey: input.clientKey,
      nonce,
      leaseMs: limits.leaseMs,
      issuedAt: c.now().toISOString(),
    };
    const { programKey } = c.keys;
    const { proofNonce, leftMs } = await agent.request("session.admit", {
      ticket: await signStatement("genkan/ticket/v1", ticket, programKey.privateKey, programKey.pin),
      request: grant.asked.statement,
      grant: grant.bytes,
      approvals: grant.approvals.map(({ signed }) => signed),
      legTokens: tokens,
    });
    // Both have said yes. What fails now is the authority's own, and nobody has the ticket.
    asked = null;
    const windowEnd = await closing(c, session, granted, leftMs);
    // Whoever revoked or locked while gateway and agent were asked has cut what they did not know yet.
    const row = await findSession(c.store.db, Scope.system(), session);
    if (row?.state === "ended") throw new GenkanError("session-ended");
    return {
      session,
      host: ticket.host,
      origin: input.client === "browser" ? access.origin : null,
      proofNonce,
      grantHash: grant.hash,
      agentKey: grant.grant.agent.key,
      gateway: { host: gateway.address.host, port: gateway.address.port },
      windowEnd,
    };
  } catch (error) {
    const code = error instanceof GenkanError ? error.code : "internal";
    await endSessions(c, [session], { reason: failureOf(asked, code), by: null, facts: { code } });
    throw error;
  }
}

/** What is said for a peer that did not answer, because its link broke or its time was up. */
const unanswered: readonly ErrorCode[] = ["link-closed", "reply-timeout"];

/** A no is somebody's decision; that a peer died or fell silent while it was asked is none. */
function failureOf(asked: "gateway" | "agent" | null, code: ErrorCode): EndReason {
  if (asked === null) return "never-used";
  return unanswered.includes(code) ? `${asked}-lost` : `refused-by-${asked}`;
}

/**
 * When the session really closes, by this clock: the agent cuts by its own, and who is warned by another is not warned in time.
 * Within a second both mean the window's end.
 */
async function closing(c: Context, session: Id<"session">, windowEnd: string, leftMs: number): Promise<string> {
  const end = new Date(c.now().getTime() + leftMs).toISOString();
  if (Date.parse(windowEnd) - Date.parse(end) < 1_000) return windowEnd;
  await c.store.change(async (change) => {
    await setWindowEnd(change.db, Scope.system(), session, end);
    change.touch("sessions");
  });
  return end;
}

/** The session's row, in the transaction that reads the epoch on which its decision stands. */
async function keep(
  c: Context,
  caller: PersonCaller,
  stored: StoredGrant,
  row: { id: Id<"session">; gateway: Id<"gateway">; host: string; input: Input },
): Promise<string> {
  const now = c.now();
  const { grant } = stored;
  const windowEnd = openWindow(grant.windows, now.getTime())?.end ?? now.toISOString();
  await c.store.change(async (change) => {
    const epoch = await readEpoch(change.db);
    const fresh = await findGrant(change.db, caller.scope, stored.id);
    if (!fresh) throw new GenkanError("not-found");
    const decision = await decided(c, change.db, caller, fresh, row.input.service);
    await insertSession(change.db, decision, {
      id: row.id,
      grant: stored.id,
      site: grant.site.id,
      vendor: grant.person.vendor,
      person: grant.person.id,
      workstation: grant.workstation.id,
      device: grant.device.id,
      service: row.input.service,
      agent: grant.agent.id,
      gateway: row.gateway,
      sign_in: caller.signIn.id,
      client: row.input.client,
      host: row.host,
      state: "admitted",
      frozen_at: null,
      frozen_by: null,
      frozen_reason: null,
      started_at: now.toISOString(),
      ended_at: null,
      reason: null,
      ended_by: null,
      bytes_up: 0,
      bytes_down: 0,
      connections: 0,
      window_end: windowEnd,
      epoch,
    });
    await change.audit({
      at: now,
      action: "session.admit",
      outcome: "allowed",
      actor: personActor(caller.person),
      site: grant.site.id,
      vendor: grant.person.vendor,
      subjects: { session: row.id, grant: stored.id, device: grant.device.id, service: row.input.service },
      reasons: decision.reasons,
      facts: { client: row.input.client, grantHash: stored.hash, epoch, factors: caller.signIn.factors },
    });
    change.touch("sessions");
  });
  return windowEnd;
}

async function decided(
  c: Context,
  db: Db,
  caller: PersonCaller,
  grant: StoredGrant,
  service: Id<"service">,
): Promise<Decision<"allow", "admit">> {
  const read = new FactReader(db, c.now());
  const signIn = await read.signIn(caller.signIn.id);
  const facts = await admitFacts(c, read, {
    action: "admit",
    person: caller.person,
    factors: caller.signIn.factors,
    // Read again: somebody may sign out while agent and gateway are asked.
    signedOut: signIn === null || signIn.ended_at !== null,
    workstation: caller.signIn.workstation,
    grant,
    service,
  });
  const decision = decide(facts, c.now().getTime());
  if (decision.effect === "deny") throw new GenkanError("denied", undefined, { reasons: decision.reasons });
  return decision;
}

/** Facts of a session that begins or lives on. */
export async function admitFacts<A extends AdmitFacts["action"]>(
  c: Context,
  read: FactReader,
  of: {
    action: A;
    person: Person;
    factors: readonly Factor[];
    signedOut: boolean;
    workstation: Id<"workstation"> | null;
    grant: StoredGrant;
    service: Id<"service">;
  },
) {
  const { grant } = of.grant;
  const device = await read.device(grant.device.id);
  const person = (await read.person(of.person.id)) ?? of.person;
  const list = await read.approvers(grant.site.id);
  const signed = of.grant.approvals.map((approval) => approval.signed);
  if (!device) throw new GenkanError("not-found");
  const { factors, workstation } = of;
  const standing = await read.standing({ person, factors, workstation, device, vendor: grant.person.vendor });
  return {
    action: of.action,
    ...standing,
    signIn: { ...standing.signIn, ended: of.signedOut },
    grant: {
      person: grant.person.id,
      workstation: grant.workstation.id,
      agent: grant.agent.id,
      thumbprints: grant.workstation.thumbprints,
      services: grant.services.map(({ id }) => id),
      windows: grant.windows.map(({ start, end }) => ({ start: Date.parse(start), end: Date.parse(end) })),
      inForce: of.grant.inForce,
      revoked: of.grant.revoked,
      approvers: await read.signers(list, signed),
      requirements: list?.rules[grant.rule] ?? [],
    },
    service: of.service,
    liveSessions: await read.liveSessions(of.grant.id),
    agent: {
      active: (await read.agent(grant.agent.id))?.active ?? false,
      present: c.agents.find(grant.agent.id) !== null,
      recorderReady: c.agents.recorderReady(grant.agent.id),
    },
  };
}
