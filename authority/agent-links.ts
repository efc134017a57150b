import type { ProgramKey } from "../crypto/program-key.ts";
import type { Leg } from "../link/carrier.ts";
import { ControlLink, type Reply } from "../link/control-link.ts";
import { FairPlaces, type Guest } from "../link/fair-places.ts";
import { acceptPinned } from "../link/pinned-tls.ts";
import { resetNow } from "../link/reset.ts";
import { agentMessages, agentOrders } from "../protocol/agent-control.ts";
import type { Hash, Pin, Token } from "../protocol/brand.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { networkOf } from "../protocol/network.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { AgentReport } from "../protocol/reach.ts";
import { type Counts, type RecordEntry } from "../protocol/recording.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import { requireRelease, version } from "../protocol/version.ts";
import { AgentReports } from "./agent-report.ts";

export type AgentOrders = ControlLink<typeof agentOrders, typeof agentMessages>;

export interface AgentHello {
  readonly clock: string;
  readonly recorder: boolean;
  readonly trust: { version: number; hash: Hash } | null;
  /** Keys of the gateways that its host names. */
  readonly gateways: readonly Pin[];
  readonly report: AgentReport;
}

/** What agents say, for the parts that keep it. Each is called with the agent that proved its key, never with a claim. */
export interface AgentEvents {
  /** Who has this key; null when nobody joined with it, or it was disabled since. */
  identify(key: Pin): Promise<{ id: Id<"agent">; name: string } | null>;
  /** `address` is where the connection came from, as the gateway says. */
  join(
    key: Pin,
    body: { token: string; name: string; sealKey: string },
    address: string,
  ): Promise<Reply<typeof agentMessages, "join">>;
  hello(agent: Id<"agent">, body: AgentHello & { sessions: readonly Id<"session">[] }): Promise<void>;
  status(agent: Id<"agent">, body: AgentHello): Promise<void>;
  /** List of approvers to offer to this agent, if it has an older one. */
  trust(agent: Id<"agent">, has: { version: number } | null): Promise<TrustOffer[]>;
  legTokens(agent: Id<"agent">, session: Id<"session">, count: number): Promise<Token[]>;
  begun(agent: Id<"agent">, session: Id<"session">): Promise<void>;
  counts(agent: Id<"agent">, session: Id<"session">, counts: Counts): Promise<void>;
  entries(agent: Id<"agent">, session: Id<"session">, first: number, entries: readonly RecordEntry[]): Promise<void>;
  ended(agent: Id<"agent">, session: Id<"session">, reason: EndReason, counts: Counts): Promise<void>;
  connected(agent: Id<"agent">, name: string): void | Promise<void>;
  disconnected(agent: Id<"agent">): void;
  /** No event follows. Resolves when refusals that were only counted so far stand in the log. */
  close(): Promise<void>;
}

export interface TrustOffer {
  readonly version: number;
  readonly statement: string;
  readonly signatures: SignedByPasskey[];
}

interface Connected {
  /** SHA-256 of its public key, as proven. */
  readonly key: Pin;
  readonly link: AgentOrders;
  recorder: boolean;
  trust: { version: number; hash: Hash } | null;
  gateways: readonly Pin[];
  sequence: number;
}

/** Agents that are connected. An agent dials in through a gateway; its TLS ends here, and its key is its name (A4). */
export class AgentLinks {
  readonly #programKey: ProgramKey;
  readonly #programLog: ProgramLog;
  /** What those that are connected said last of themselves. */
  readonly reports = new AgentReports();
  readonly #agents = new Map<Id<"agent">, Connected>();
  /** Connections that have not said hello yet: anybody can come as far as this. */
  readonly #strangers = new FairPlaces<Guest & { leg: Leg }>({
    most: limits.unknownAgents,
    mostPerNetwork: limits.unknownAgentsPerAddress,
    evict: ({ leg }) => resetNow(leg.raw),
  });
  #events: AgentEvents | undefined;

  constructor(o: { programKey: ProgramKey; programLog: ProgramLog }) {
    this.#programKey = o.programKey;
    this.#programLog = o.programLog;
  }

  start(events: AgentEvents): void {
    this.#events = events;
  }

  find(agent: Id<"agent">): AgentOrders | null {
    return this.#agents.get(agent)?.link ?? null;
  }

  keyOf(agent: Id<"agent">): Pin | null {
    return this.#agents.get(agent)?.key ?? null;
  }

  connected(): Id<"agent">[] {
    return [...this.#agents.keys()];
  }

  recorderReady(agent: Id<"agent">): boolean {
    return this.#agents.get(agent)?.recorder ?? false;
  }

  /** Keys of the gateways that it reaches, as its host names them. */
  gatewaysOf(agent: Id<"agent">): readonly Pin[] {
    return this.#agents.get(agent)?.gateways ?? [];
  }

  /** Orders the cut at this agent; at every agent when the store could not tell which one serves the session. */
  cut(session: Id<"session">, reason: EndReason, agent?: Id<"agent">): void {
    for (const [id, { link }] of this.#agents)
      if (agent === undefined || id === agent) link.request("session.cut", { session, reason }).catch(() => {});
  }

  /** Closes the link of one that is an agent no longer. */
  drop(agent: Id<"agent">): void {
    this.#agents.get(agent)?.link.close();
  }

  nextSequence(agent: Id<"agent">): number {
    const connected = this.#agents.get(agent);
    if (!connected) throw new GenkanError("agent-unavailable");
    return ++connected.sequence;
  }

  /** Offers the current list of approvers to each agent that has an older one. */
  proposeTrust(): void {
    for (const [agent, connected] of this.#agents) void this.#offerTrust(agent, connected);
  }

  /** Closes every link. Resolves when refusals that were only counted so far stand in the log. */
  async close(): Promise<void> {
    for (const { link } of this.#agents.values()) link.close();
    await this.#events?.close();
  }

  /** A connection to the agents' name has arrived on a leg, from this address as the gateway says. */
  accept(leg: Leg, address: string = leg.raw.remoteAddress ?? ""): void {
    const guest = { network: networkOf(address), leg };
    const leave = () => this.#strangers.leave(guest);
    this.#strangers.take(guest);
    leg.raw.once("close", leave);
    this.#serve(leg, address, leave).catch((error: unknown) => {
      resetNow(leg.raw);
      this.#programLog.info(
        { event: "authority.agent-link.ended", code: error instanceof GenkanError ? error.code : "internal" },
        "an agent's link ended",
      );
    });
  }

  /** `vouched` is called when it is an agent that we know. */
  async #serve(leg: Leg, address: string, vouched: () => void): Promise<void> {
    const events = this.#events;
    const socket = await acceptPinned(leg.stream, {
      raw: leg.raw,
      programKey: this.#programKey,
      clientKey: "required",
      timeoutMs: limits.proofMs,
    });
    const key = socket.peerKey;
    if (!events || key === null) throw new GenkanError("peer-key-mismatch");
    const agent = await events.identify(key);
    let joined: Connected | null = null;
    let tried = false;
    let told = false;
    /** Every message but the first is for an agent that said hello. */
    const known = (): Id<"agent"> => {
      if (!agent || !joined) throw new GenkanError("join-refused");
      return agent.id;
    };
    const link: AgentOrders = new ControlLink({
      stream: socket.tls,
      raw: socket.raw,
      send: agentOrders,
      receive: agentMessages,
      log: this.#programLog,
      handlers: {
        version: (body) => {
          requireRelease(body.version);
          told = true;
          return { version };
        },
        join: async (body) => {
          if (!told) requireRelease(undefined);
          // One try for each link: whoever guesses tokens pays a handshake for each, and loses the places of their network.
          if (tried) throw new GenkanError("join-refused");
          tried = true;
          try {
            return await events.join(key, body, address);
          } finally {
            // After the reply has gone out.
            setImmediate(() => link.close());
          }
        },
        hello: async (body) => {
          if (!agent) throw new GenkanError("join-refused");
          if (!told) requireRelease(undefined);
          vouched();
          clearTimeout(patience);
          const before = this.#agents.get(agent.id);
          joined = { key, link, recorder: body.recorder, trust: body.trust, gateways: body.gateways, sequence: 0 };
          this.#agents.set(agent.id, joined);
          // An agent has one link; the older one goes, for its nonces are no longer good.
          before?.link.close();
          await events.hello(agent.id, body);
          await events.connected(agent.id, agent.name);
          void this.#offerTrust(agent.id, joined);
          return { agent: agent.id, name: agent.name, clock: new Date().toISOString() };
        },
        status: async (body) => {
          const id = known();
          if (joined) {
            joined.recorder = body.recorder;
            joined.trust = body.trust;
            joined.gateways = body.gateways;
          }
          await events.status(id, body);
          return {};
        },
        "leg.request": async ({ session, count }) => ({ tokens: await events.legTokens(known(), session, count) }),
        "session.begun": async ({ session }) => {
          await events.begun(known(), session);
          return {};
        },
        "session.counts": async ({ session, counts }) => {
          await events.counts(known(), session, counts);
          return {};
        },
        "session.entries": async ({ session, first, entries }) => {
          await events.entries(known(), session, first, entries);
          return {};
        },
        "session.ended": async ({ session, reason, counts }) => {
          await events.ended(known(), session, reason, counts);
          return {};
        },
      },
    });
    // An agent says hello at once, and a new host joins and is then disconnected: whoever does neither is given up.
    const patience = setTimeout(() => link.close("reply-timeout"), limits.proofMs);
    await link.closed;
    clearTimeout(patience);
    if (agent && joined && this.#agents.get(agent.id) === joined) {
      this.#agents.delete(agent.id);
      this.reports.forget(agent.id);
      events.disconnected(agent.id);
    }
  }

  async #offerTrust(agent: Id<"agent">, connected: Connected): Promise<void> {
    try {
      for (const offer of (await this.#events?.trust(agent, connected.trust)) ?? []) {
        const { pinned } = await connected.link.request("trust.propose", {
          statement: offer.statement,
          signatures: offer.signatures,
        });
        if (!pinned) return;
      }
    } catch (error) {
      this.#programLog.warn(
        { event: "authority.trust.refused", agent, code: error instanceof GenkanError ? error.code : "internal" },
        "a list of approvers was refused",
      );
    }
  }
}
