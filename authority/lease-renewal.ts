import { signStatement } from "../crypto/statement.ts";
import { decide } from "../policy/decide.ts";
import type { Pin } from "../protocol/brand.ts";
import type { Decision } from "../protocol/decision.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { DenyReason, HoldReason } from "../protocol/reason.ts";
import type { Lease } from "../protocol/statement.ts";
import { listAgents } from "../store/agent.ts";
import { Scope } from "../store/scope.ts";
import { liveSessions, type SessionRow, stampSessions } from "../store/session.ts";
import { readEpoch } from "../store/store.ts";
import { admitFacts } from "./admission.ts";
import type { Context } from "./context.ts";
import { FactReader } from "./fact-reader.ts";
import { type Ending } from "./owed-ends.ts";
import { endSessions } from "./session-end.ts";

/**
 * Keeps sessions alive, a lease at a time. A session whose epoch is still the store's, and whose decision the clock has
 * not overtaken, lives on; any other is decided again. One signed lease for each agent and each gateway. Who has taken
 * none for as long as a lease lasts has cut by itself, or is gone: its sessions have ended, and are shown so.
 */
export class LeaseRenewal {
  readonly #c: Context;
  readonly #monotonic: () => number;
  /** Agents and gateways of live sessions, and when each last took a lease. */
  readonly #heard = new Map<Id<"agent"> | Id<"gateway">, number>();
  /** Live sessions, and since when leases are owed for each: one that begins after an outage is not judged by it. */
  readonly #owed = new Map<Id<"session">, number>();
  readonly #onRound: (ms: number, whole: boolean) => void;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  /** `monotonic` in milliseconds. `onRound` is told how long each took, and whether it renewed. */
  constructor(
    c: Context,
    monotonic: () => number = () => performance.now(),
    onRound: (ms: number, whole: boolean) => void = () => {},
  ) {
    this.#c = c;
    this.#monotonic = monotonic;
    this.#onRound = onRound;
  }

  start(): void {
    this.#arm(0);
  }

  /**
   * Decides and renews now, whatever the timer says: a fact has changed, or somebody is back. Resolves when the cuts are
   * ordered. One at a time; who asks while one runs shares the one after it, for the one that runs may have read the epoch
   * before the change.
   */
  round(): Promise<void> {
    if (!this.#running) return this.#begin();
    this.#next ??= this.#running.then(() => {
      this.#next = null;
      return this.#running ?? this.#begin();
    });
    return this.#next;
  }

  #begin(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#closed) return Promise.resolve();
    this.#running = this.#once();
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #arm(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.round(), ms);
  }

  async #once(): Promise<void> {
    let next: number = limits.leaseRenewMs;
    const begun = this.#monotonic();
    let whole = true;
    try {
      next = await this.#renew();
    } catch (error) {
      whole = false;
      // No lease goes out: sessions end by themselves when this lasts.
      this.#c.programLog.error(
        { event: "authority.leases.unrenewed", error: String(error) },
        "leases could not be renewed",
      );
    } finally {
      this.#running = null;
      this.#onRound(this.#monotonic() - begun, whole);
      if (!this.#closed) this.#arm(next);
    }
  }

  /**
   * Returns milliseconds until the next: the renewal, or the first window that closes before it. All is decided by reading;
   * what must be written after it holds up neither a cut nor another session's lease, nor does a failure there.
   */
  async #renew(): Promise<number> {
    const c = this.#c;
    const epoch = await readEpoch(c.store.db);
    const live: SessionRow[] = [];
    const stamps: SessionRow[] = [];
    const over = new Map<EndReason, Id<"session">[]>();
    const owed = [...c.owedEnds];
    const sessions = (await liveSessions(c.store.db, Scope.system())).filter(({ id }) => !c.owedEnds.has(id));
    this.#expect(sessions);
    const read = new FactReader(c.store.db, c.now());
    for (const session of sessions) {
      const verdict = await this.#judge(session, epoch, read);
      if (verdict === "undecided") continue;
      if (typeof verdict === "string") over.set(verdict, [...(over.get(verdict) ?? []), session.id]);
      else live.push(verdict);
      if (typeof verdict !== "string" && verdict !== session) stamps.push(verdict);
    }
    const ended = [...over].map(([reason, ids]) => this.#end(ids, { reason, by: null }));
    this.#send(live);
    for (const [id, end] of owed) await this.#end([id], end);
    await Promise.all(ended);
    await this.#turnAway();
    await this.#stamp(stamps);
    const now = c.now().getTime();
    const edges = live.map(({ validUntil }) => (validUntil === null ? Infinity : Date.parse(validUntil) - now));
    return Math.max(0, Math.min(limits.leaseRenewMs, ...edges));
  }

  /** The row as it lives on: the same one, or one decided anew. Else why it ends; undecided, it gets no lease. */
  async #judge(session: SessionRow, epoch: number, read: FactReader): Promise<SessionRow | EndReason | "undecided"> {
    if (this.#lapsed(session)) return "lease-lost";
    if (session.epoch === epoch && !this.#overtaken(session)) return session;
    try {
      const decision = await this.#decideAgain(session, read);
      if (decision?.effect !== "allow") return endReasonOf(decision?.reasons ?? []);
      const { validUntil } = decision;
      return { ...session, epoch, validUntil: validUntil === null ? null : new Date(validUntil).toISOString() };
    } catch (error) {
      this.#c.programLog.error(
        { event: "authority.session.undecided", session: session.id, error: String(error) },
        "a session could not be decided again",
      );
      return "undecided";
    }
  }

  /** Whether or not it can be written, it is ordered. */
  async #end(ids: readonly Id<"session">[], end: Ending): Promise<void> {
    try {
      await endSessions(this.#c, ids, end);
    } catch (error) {
      this.#c.programLog.error(
        { event: "authority.ends.unwritten", sessions: ids, reason: end.reason, error: String(error) },
        "ends could not be written",
      );
    }
  }

  /** Whoever was disabled by another process loses its link, after the cuts of its sessions were ordered over it. */
  async #turnAway(): Promise<void> {
    const { agents, programLog, store } = this.#c;
    const connected = new Set(agents.connected());
    if (connected.size === 0) return;
    try {
      for (const { id, active } of await listAgents(store.db, Scope.system()))
        if (!active && connected.has(id)) agents.drop(id);
    } catch (error) {
      programLog.warn(
        { event: "authority.disabled-agents.unread", error: String(error) },
        "agents that were disabled could not be looked up",
      );
    }
  }

  /**
   * A stamp only spares the next round a decision, but an officer's lock is answered after its round: so it goes before what
   * strangers write, as the lock did. There is one at a time, for there is one round.
   */
  async #stamp(sessions: readonly SessionRow[]): Promise<void> {
    if (sessions.length === 0) return;
    try {
      await this.#c.store.urgent(async ({ db }) => {
        for (const [validUntil, rows] of Map.groupBy(sessions, (row) => row.validUntil)) {
          const epoch = rows[0]?.epoch ?? 0;
          await stampSessions(
            db,
            Scope.system(),
            rows.map(({ id }) => id),
            { epoch, validUntil },
          );
        }
      });
    } catch (error) {
      this.#c.programLog.warn(
        { event: "authority.sessions.unstamped", error: String(error) },
        "sessions that live on are decided again",
      );
    }
  }

  /** Leases are owed from the first round that finds a session. */
  #expect(sessions: readonly SessionRow[]): void {
    const parts = new Set(sessions.flatMap(({ agent, gateway }) => [agent, gateway]));
    const ids = new Set(sessions.map(({ id }) => id));
    for (const part of this.#heard.keys()) if (!parts.has(part)) this.#heard.delete(part);
    for (const id of this.#owed.keys()) if (!ids.has(id)) this.#owed.delete(id);
    for (const id of ids) if (!this.#owed.has(id)) this.#owed.set(id, this.#monotonic());
  }

  #lapsed({ id, agent, gateway }: SessionRow): boolean {
    const now = this.#monotonic();
    const owed = this.#owed.get(id) ?? now;
    return [agent, gateway].some((part) => now - Math.max(owed, this.#heard.get(part) ?? owed) > limits.leaseMs);
  }

  #overtaken({ validUntil }: SessionRow): boolean {
    return validUntil !== null && validUntil <= this.#c.now().toISOString();
  }

  /** Null when what it stands on is gone. */
  async #decideAgain(session: SessionRow, read: FactReader): Promise<Decision | null> {
    const c = this.#c;
    const grant = await read.grant(session.grant);
    const person = await read.person(session.person);
    const signIn = await read.signIn(session.signIn);
    if (!grant || !person || !signIn) return null;
    const facts = await admitFacts(c, read, {
      action: "renew",
      person,
      factors: JSON.parse(signIn.factors) as Factor[],
      signedOut: signIn.ended_at !== null,
      workstation: session.workstation,
      grant,
      service: session.service,
    });
    return decide(facts, c.now().getTime());
  }

  /** Nobody waits for the receipts: a part that hangs must delay neither a lock nor the leases of the others. */
  #send(live: readonly SessionRow[]): void {
    const { agents, gateways, keys, programLog } = this.#c;
    const sign = async (audience: Pin, sequence: number, sessions: SessionRow[]) => {
      const lease: Lease = { audience, sequence, sessions: sessions.map(({ id }) => id), durationMs: limits.leaseMs };
      return signStatement("genkan/lease/v1", lease, keys.programKey.privateKey, keys.programKey.pin);
    };
    const taken = (part: Id<"agent"> | Id<"gateway">, receipt: Promise<unknown>) =>
      receipt.then(
        () => void this.#heard.set(part, this.#monotonic()),
        (error: unknown) =>
          programLog.warn({ event: "authority.lease.unheard", part, error: String(error) }, "a lease did not arrive"),
      );
    for (const gateway of gateways.connected()) {
      const own = live.filter((session) => session.gateway === gateway.id);
      if (own.length === 0) continue;
      const lease = sign(gateway.address.pin, gateway.nextSequence(), own);
      void taken(
        gateway.id,
        lease.then((jws) => gateway.lease(jws)),
      );
    }
    for (const agent of agents.connected()) {
      const own = live.filter((session) => session.agent === agent);
      const link = agents.find(agent);
      const key = agents.keyOf(agent);
      if (own.length === 0 || !link || key === null) continue;
      const lease = sign(key, agents.nextSequence(agent), own);
      void taken(
        agent,
        lease.then((jws) => link.request("lease", { lease: jws })),
      );
    }
  }
}

/** The most telling refusal names the end. */
function endReasonOf(refused: readonly (HoldReason | DenyReason)[]): EndReason {
  if (refused.includes("locked")) return "locked";
  if (refused.includes("grant-inactive")) return "revoked";
  // Whoever is disabled is signed out as well, and did not end it themselves.
  if (refused.includes("person-inactive")) return "fact-changed";
  if (refused.includes("signed-out")) return "ended-by-technician";
  if (refused.includes("window-not-open")) return "window-closed";
  return "fact-changed";
}
