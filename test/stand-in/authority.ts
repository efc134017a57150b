import { cp } from "node:fs/promises";
import { agentEvents } from "../../authority/agent-events.ts";
import { AgentLinks, type AgentOrders } from "../../authority/agent-links.ts";
import type { Context } from "../../authority/context.ts";
import { GatewayLinks } from "../../authority/gateway-links.ts";
import { readHosts } from "../../authority/settings.ts";
import { openStore } from "../../bin/authority/open.ts";
import { newId, randomToken } from "../../crypto/random.ts";
import { signStatement } from "../../crypto/statement.ts";
import type { Reply } from "../../link/control-link.ts";
import type { agentOrders } from "../../protocol/agent-control.ts";
import { GenkanError } from "../../protocol/error.ts";
import { limits } from "../../protocol/limits.ts";
import { silentLog } from "../../protocol/log.ts";
import type { SignedByPasskey, Ticket } from "../../protocol/statement.ts";
import { agentsName } from "../../protocol/wire-name.ts";
import { listGateways } from "../../store/gateway.ts";
import { Scope } from "../../store/scope.ts";

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
      false,
    );
    const hosts = await readHosts(store.db);
    if (!hosts) throw new Error("The store has no hosts.");
    const agents = new AgentLinks({ identity: keys.identity, log: silentLog });
    const gateways = new GatewayLinks({
      identity: keys.identity,
      log: silentLog,
      names: new Map([[agentsName, (leg, address) => agents.accept(leg, address)]]),
    });
    const standIn = new StandInAuthority({
      store,
      keys,
      hosts,
      now: () => new Date(),
      log: silentLog,
      agents,
      gateways,
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
    gateways.start(await listGateways(store.db, Scope.system()), {
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
  ticket(of: Pick<Ticket, "grant" | "agent" | "service" | "nonce"> & Partial<Ticket>): Promise<string> {
    const { identity } = this.context.keys;
    const session = of.session ?? newId("session");
    const ticket: Ticket = {
      host: `${session.slice(4)}.link.genkan.internal`,
      client: "native",
      clientKey: identity.thumbprint,
      leaseMs: limits.leaseMs,
      issuedAt: new Date().toISOString(),
      ...of,
      session,
    };
    return signStatement("genkan/ticket/v1", ticket, identity.privateKey, identity.thumbprint);
  }

  /** The agent's answer: its nonce for the workstation's proof, or the code of its refusal. */
  async admit(
    ticket: string,
    grant: string,
    approvals: readonly SignedByPasskey[],
  ): Promise<Reply<typeof agentOrders, "session.admit"> | { refused: string }> {
    try {
      const legTokens = [randomToken()];
      return await this.#orders.request("session.admit", { ticket, grant, approvals: [...approvals], legTokens });
    } catch (error) {
      if (error instanceof GenkanError) return { refused: error.code };
      throw error;
    }
  }

  async cut(session: string): Promise<void> {
    await this.#orders.request("session.cut", { session, reason: "revoked" });
  }

  async stop(): Promise<void> {
    this.context.gateways.close();
    this.context.agents.close();
    await this.context.store.db.destroy();
  }

  get #orders(): AgentOrders {
    if (!this.#agent) throw new Error("No agent is connected.");
    return this.#agent;
  }
}
