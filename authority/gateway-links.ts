import type { ProgramKey } from "../crypto/program-key.ts";
import { dialControl } from "../link/carrier-upgrade.ts";
import { ControlLink } from "../link/control-link.ts";
import { keepUp } from "../link/redial.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { gatewayMessages, gatewayOrders } from "../protocol/gateway-control.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { GatewayRow } from "../store/gateway.ts";
import { GatewayLink, type OnClient } from "./gateway-link.ts";

export interface GatewayEvents {
  /** A gateway is connected and told what it still carries: `sessions`. */
  connected(gateway: GatewayLink, sessions: readonly Id<"session">[]): void | Promise<void>;
  disconnected(gateway: Id<"gateway">): void;
  /** The gateway cut by itself. */
  ended(gateway: Id<"gateway">, session: Id<"session">, reason: EndReason): void | Promise<void>;
}

/** Keeps a control link up to each gateway; the authority dials, so that nothing connects inward. */
export class GatewayLinks {
  readonly #programKey: ProgramKey;
  readonly #programLog: ProgramLog;
  /** The authority's own names and who serves a connection to each. */
  readonly #names: ReadonlyMap<string, OnClient>;
  readonly #connected = new Map<Id<"gateway">, GatewayLink>();
  /** What is dialled, and what ends that. */
  readonly #kept = new Map<Id<"gateway">, { row: GatewayRow; closing: AbortController }>();
  #events: GatewayEvents | undefined;

  constructor(o: { programKey: ProgramKey; programLog: ProgramLog; names: ReadonlyMap<string, OnClient> }) {
    this.#programKey = o.programKey;
    this.#programLog = o.programLog;
    this.#names = o.names;
  }

  start(gateways: readonly GatewayRow[], events: GatewayEvents): void {
    this.#events = events;
    this.follow(gateways);
  }

  /** Dials those that are in use, each where it is said to be now; every other link is closed. Before the start it does nothing. */
  follow(gateways: readonly GatewayRow[]): void {
    if (!this.#events) return;
    const wanted = new Map(gateways.filter(({ active }) => active).map((row) => [row.id, row]));
    for (const [id, { row, closing }] of this.#kept) {
      const now = wanted.get(id);
      if (now && now.host === row.host && now.port === row.port && now.key === row.key) continue;
      closing.abort();
      this.#kept.delete(id);
    }
    for (const row of wanted.values()) {
      if (this.#kept.has(row.id)) continue;
      const closing = new AbortController();
      this.#kept.set(row.id, { row, closing });
      void keepUp((signal, established) => this.#up(row, signal, established), {
        name: `gateway ${row.name}`,
        signal: closing.signal,
        log: this.#programLog,
      });
    }
  }

  connected(): GatewayLink[] {
    return [...this.#connected.values()];
  }

  isConnected(id: Id<"gateway">): boolean {
    return this.#connected.has(id);
  }

  find(id: Id<"gateway">): GatewayLink | null {
    return this.#connected.get(id) ?? null;
  }

  /** All of them: which one carries a session is known, but a cut that comes twice does no harm. */
  cut(session: Id<"session">, reason: EndReason): void {
    for (const gateway of this.#connected.values()) gateway.cut(session, reason);
  }

  close(): void {
    for (const { closing } of this.#kept.values()) closing.abort();
    this.#kept.clear();
    this.#events = undefined;
  }

  async #up(row: GatewayRow, signal: AbortSignal, established: () => void): Promise<unknown> {
    const address = { host: row.host, port: row.port, pin: row.key };
    const socket = await dialControl({ ...address, programKey: this.#programKey, signal });
    const link = new ControlLink({
      stream: socket.tls,
      raw: socket.raw,
      send: gatewayOrders,
      receive: gatewayMessages,
      log: this.#programLog,
      handlers: {
        "session.ended": async ({ session, reason }) => {
          await this.#events?.ended(row.id, session, reason);
          return {};
        },
      },
    });
    const stop = () => link.close();
    signal.addEventListener("abort", stop, { once: true });
    let gateway: GatewayLink | undefined;
    try {
      const { sessions } = await link.request("hello", {});
      gateway = new GatewayLink(row.id, address, link, this.#programLog);
      for (const [name, onClient] of this.#names) await gateway.serve(name, onClient);
      this.#connected.set(row.id, gateway);
      established();
      await this.#events?.connected(gateway, sessions);
      return await link.closed;
    } finally {
      signal.removeEventListener("abort", stop);
      link.close();
      // One that is dialled elsewhere by now has another link.
      if (gateway && this.#connected.get(row.id) === gateway) {
        this.#connected.delete(row.id);
        this.#events?.disconnected(row.id);
      }
    }
  }
}
