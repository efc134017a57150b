import { cp } from "node:fs/promises";
import { agentEvents } from "../../authority/agent-events.ts";
import { AgentLinks, type AgentOrders } from "../../authority/agent-links.ts";
import type { Context } from "../../authority/context.ts";
import { GatewayLinks } from "../../authority/gateway-links.ts";
import { readHosts } from "../../authority/hosts.ts";
import { openStore } from "../../bin/authority/open.ts";
import { newId, randomToken } from "../../crypto/random.ts";
import { signStatement } from "../../crypto/statement.ts";
import type { Reply } from "../../link/control-link.ts";
import type { agentOrders } from "../../protocol/agent-control.ts";
import type { SessionTicket } from "../../protocol/api/session.ts";
import type { Pin, Token } from "../../protocol/brand.ts";
import { GenkanError } from "../../protocol/error.ts";
import { limits } from "../../protocol/limits.ts";
import type { Id } from "../../protocol/make-id.ts";
import { silentProgramLog } from "../../protocol/program-log.ts";
import type { Lease, SignedByPasskey, Ticket } from "../../protocol/statement.ts";
import { agentsName, linkDomain } from "../../protocol/wire-name.ts";
import { listGateways } from "../../store/gateway.ts";
import type { StoredGrant } from "../../store/grant.ts";
import { asPin } from "../brand.ts";

/**
 * A hostile authority: it holds the real one's keys and a copy of its database, takes its place at the gateway, and gives
 * the agent whatever orders a test wants. What it can't have is an approver's passkey.
 */
export class StandInAuthority {
  readonly context: Context;
  #agent: AgentOrders | null = null;

  private constructor(context: Context) {
    this.context = context;
  }

  /** `data` is copied to `folder` first, so that the real one finds everything as it left it; so is a server's database. */
  static async start(o: {
    data: string;
    masterKey: string;
    folder: string;
    storeUrlFile?: string;
  }): Promise<StandInAuthority> {
    await cp(o.data, o.folder, { recursive: true });
    const { storeUrlFile } = o;
    const { store, keys } = await openStore(
      { data: o.folder, masterKey: o.masterKey, ...(storeUrlFile ? { storeUrlFile } : {}) },
      null,
    );
    const hosts = await readHosts(store.db);
    if (!hosts) throw new Error("The store has no hosts.");
    const agents = new AgentLinks({ programKey: keys.programKey, programLog: silentProgramLog });
    const gateways = new GatewayLinks({
      programKey: keys.programKey,
      programLog: silentProgramLog,
      names: new Map([[agentsName, (leg, address) => agents.accept(leg, address)]]),
    });
    const standIn = new StandInAuthority({
      store,
      keys,
      hosts,
      now: () => new Date(),
      programLog: silentProgramLog,
      agents,
      gateways,
      owedEnds: new Map(),
      certificates: { portal: null, staff: null },
    });
    const connected = Promise.withResolvers<void>();
    agents.start(
      agentEvents(standIn.context, {
        connected: (agent) => {
          standIn.#agent = agents.find(agent);
          connected.resolve();
        },
        disconnected: () => {},
      }),
    );
    gateways.start(await listGateways(store.db), {
      connected: () => {},
      disconnected: () => {},
      ended: () => {},
    });
    await connected.promise;
    return standIn;
  }

  async nonce(): Promise<string> {
    return (await this.#orders.request("nonce.request", {})).nonce;
  }

  /** A ticket that is right in all that the authority says; each part can be replaced. */
  async ticket(of: Pick<Ticket, "grant" | "agent" | "service" | "nonce"> & Partial<Ticket>): Promise<string> {
    const { programKey } = this.context.keys;
    const session = of.session ?? newId("session");
    const [gateway] = await listGateways(this.context.store.db);
    if (!gateway) throw new Error("no gateway");
    const ticket: Ticket = {
      host: `${session.slice(4)}.link.genkan.internal`,
      client: "native",
      role: "operate",
      gateway: { id: gateway.id, key: gateway.key },
      clientKey: programKey.pin,
      leaseMs: limits.leaseMs,
      issuedAt: new Date().toISOString(),
      ...of,
      session,
    };
    return signStatement("genkan/ticket/v1", ticket, programKey.privateKey, programKey.pin);
  }

  /** The agent's answer: its nonce for the workstation's proof, or the code of its refusal. */
  async admit(
    ticket: string,
    request: string,
    grant: string,
    approvals: readonly SignedByPasskey[],
    legTokens: Token[] = [randomToken()],
  ): Promise<Reply<typeof agentOrders, "session.admit"> | { refused: string }> {
    return refusedOr(
      this.#orders.request("session.admit", { ticket, request, grant, approvals: [...approvals], legTokens }),
    );
  }

  /** Everything that it takes to open a stored grant but the workstation's key: route, ticket, the agent's yes. */
  async prepare(stored: StoredGrant, clientKey: Pin): Promise<SessionTicket> {
    const { hash, bytes, grant, approvals, asked } = stored;
    const [gateway] = this.context.gateways.connected();
    if (!gateway) throw new Error("No gateway is connected.");
    const session = newId("session");
    const host = `${session.slice(4)}.${linkDomain}`;
    const tokens = [randomToken(), randomToken()];
    await gateway.openRoute({ host, session, leaseMs: limits.leaseMs, tokens });
    const service = grant.services[0]?.id ?? ("svc_" as const);
    const of = { grant: hash, agent: grant.agent.key, service, session, host, clientKey, nonce: await this.nonce() };
    const signed = approvals.map((approval) => approval.signed);
    const answer = await this.admit(await this.ticket(of), asked.statement, bytes, signed, tokens);
    if ("refused" in answer) throw new GenkanError("ticket-invalid", answer.refused);
    return {
      session,
      host,
      origin: null,
      proofNonce: answer.proofNonce,
      grantHash: hash,
      agentKey: grant.agent.key,
      gateway: gateway.address,
      windowEnd: grant.windows[0]?.end ?? "",
    };
  }

  /** Leases for gateway and agent, right in all but how long they claim to last. */
  async lease(session: Id<"session">, durationMs: number): Promise<void> {
    const { keys, gateways, agents } = this.context;
    const { privateKey, pin } = keys.programKey;
    const sign = (audience: string, sequence: number) => {
      const lease: Lease = { audience: asPin(audience), sequence, sessions: [session], durationMs };
      return signStatement("genkan/lease/v1", lease, privateKey, pin);
    };
    for (const gateway of gateways.connected())
      await gateway.lease(await sign(gateway.address.pin, gateway.nextSequence()));
    for (const agent of agents.connected()) {
      const lease = await sign(agents.keyOf(agent) ?? "", agents.nextSequence(agent));
      await agents.find(agent)?.request("lease", { lease });
    }
  }

  /** Whether the agent pins this list of approvers, or the code of its refusal. */
  offerTrust(
    statement: Uint8Array,
    signatures: SignedByPasskey[],
  ): Promise<Reply<typeof agentOrders, "trust.propose"> | { refused: string }> {
    const bytes = Buffer.from(statement).toString("base64url");
    return refusedOr(this.#orders.request("trust.propose", { statement: bytes, signatures }));
  }

  async cut(session: Id<"session">): Promise<void> {
    await this.#orders.request("session.cut", { session, reason: "revoked" });
  }

  async stop(): Promise<void> {
    this.context.gateways.close();
    await this.context.agents.close();
    await this.context.store.db.destroy();
  }

  get #orders(): AgentOrders {
    if (!this.#agent) throw new Error("No agent is connected.");
    return this.#agent;
  }
}

async function refusedOr<T>(asked: Promise<T>): Promise<T | { refused: string }> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof GenkanError) return { refused: error.code };
    throw error;
  }
}
