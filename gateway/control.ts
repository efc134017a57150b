import type { KeyObject } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { verifyStatement } from "../crypto/statement.ts";
import { equalSecret } from "../crypto/thumbprint.ts";
import { ControlLink, type Handlers } from "../link/control-link.ts";
import type { PinnedSocket } from "../link/pinned-tls.ts";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { gatewayMessages, gatewayOrders } from "../protocol/gateway-control.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { Lease } from "../protocol/statement.ts";
import type { RouteTable } from "./route-table.ts";
import type { Ended, Sessions } from "./sessions.ts";

type Link = ControlLink<typeof gatewayMessages, typeof gatewayOrders>;

/** The authority's orders, and what the gateway tells it. One control link at a time: a new one takes the old one's place. */
export class Control {
  readonly #o: { routes: RouteTable; sessions: Sessions; pin: Pin; log: ProgramLog };
  #link: Link | undefined;
  /** The link whose authority has said hello; nothing is told before. */
  #greeted: Link | undefined;
  readonly #telling = new Map<string, Promise<void>>();
  readonly #ticker: NodeJS.Timeout;

  constructor(o: { routes: RouteTable; sessions: Sessions; pin: Pin; log: ProgramLog }) {
    this.#o = o;
    this.#ticker = setInterval(() => this.tellEnded(), limits.countsMs);
    this.#ticker.unref();
  }

  /** Takes over a connection whose key was proven to be the authority's. */
  accept(socket: PinnedSocket): void {
    const authority = socket.peerPublicKey;
    if (!authority) throw new GenkanError("peer-key-mismatch");
    const before = this.#link;
    const link: Link = new ControlLink({
      stream: socket.tls,
      raw: socket.raw,
      send: gatewayMessages,
      receive: gatewayOrders,
      handlers: this.#handlers(() => link, authority),
      log: this.#o.log,
    });
    this.#link = link;
    this.#greeted = undefined;
    before?.close();
    this.#o.log.info({ event: "gateway.authority.connected" }, "authority connected");
    void link.closed.then((error) => {
      this.#o.log.info({ event: "gateway.authority.disconnected", code: error.code }, "authority disconnected");
      if (this.#link === link) this.#link = this.#greeted = undefined;
    });
  }

  /** Whether an authority has said hello on a link that stands. */
  get connected(): boolean {
    return this.#greeted !== undefined;
  }

  /** Tells at once what has ended; what can't be told now is told on the next link. */
  tellEnded(): void {
    for (const ended of this.#o.sessions.ended) void this.#tell(ended);
  }

  /** Ends the link when all ends were told, or after {@link limits.controlCloseMs}. */
  async close(): Promise<void> {
    clearInterval(this.#ticker);
    const link = this.#greeted;
    if (link) {
      const told = Promise.all(this.#o.sessions.ended.map((ended) => this.#tell(ended)));
      const late = sleep(limits.controlCloseMs, undefined, { ref: false });
      await Promise.race([told, link.closed, late]);
    }
    this.#link?.close();
  }

  #handlers(link: () => Link, authority: KeyObject): Handlers<typeof gatewayOrders> {
    const { routes, sessions, pin } = this.#o;
    let sequence = 0;
    /** An order counts only on the one link that said hello: not before, and not on one that was replaced. */
    const ordered = <B>(act: (body: B) => void | Promise<void>) => {
      return async (body: B) => {
        if (this.#greeted !== link()) throw new GenkanError("state-conflict", "Say hello first.");
        await act(body);
        return {};
      };
    };
    return {
      hello: () => {
        if (this.#link !== link()) throw new GenkanError("link-closed");
        this.#greeted = link();
        setImmediate(() => this.tellEnded());
        // The list also names sessions whose end no authority has heard of; their ends, with reasons, are told right after.
        const held = [...sessions.ids, ...sessions.ended.map(({ session }) => session)];
        return { sessions: held.slice(0, limits.routes) };
      },
      "route.open": ordered(({ host, kind, session, leaseMs, tokenHashes }) => {
        if (kind === "authority" && session === null && leaseMs === null) {
          routes.open(host, kind, tokenHashes);
        } else if (kind === "session" && session !== null && leaseMs !== null) {
          sessions.open(session, host, Math.min(leaseMs, limits.leaseMs), tokenHashes);
        } else throw new GenkanError("bad-request", "Only a session has an id and a lease.");
      }),
      "leg.expect": ordered(({ host, tokenHashes }) => routes.expect(host, tokenHashes)),
      lease: ordered(async ({ lease }) => {
        const statement = await verifyStatement("genkan/lease/v1", Lease, lease, authority, "lease-invalid");
        if (!equalSecret(statement.audience, pin)) throw new GenkanError("lease-invalid");
        if (statement.sequence <= sequence) return;
        sequence = statement.sequence;
        sessions.renew(statement.sessions, Math.min(statement.durationMs, limits.leaseMs));
      }),
      "session.cut": ordered(({ session, reason }) => sessions.cut(session, reason)),
      "session.freeze": ordered(({ session, frozen }) => sessions.freeze(session, frozen)),
    };
  }

  /** Tells one end, once at a time; never rejects. */
  #tell(ended: Ended): Promise<void> {
    const link = this.#greeted;
    if (!link) return Promise.resolve();
    let telling = this.#telling.get(ended.session);
    if (!telling) {
      telling = this.#confirm(link, ended).finally(() => this.#telling.delete(ended.session));
      this.#telling.set(ended.session, telling);
    }
    return telling;
  }

  async #confirm(link: Link, ended: Ended): Promise<void> {
    try {
      await link.request("session.ended", ended);
      this.#o.sessions.confirmEnded(ended.session);
    } catch (error) {
      // An authority that does not know the session needs no news of it.
      const code = error instanceof GenkanError ? error.code : "internal";
      if (code === "session-unknown") this.#o.sessions.confirmEnded(ended.session);
      else this.#o.log.warn({ event: "gateway.end.untold", session: ended.session, code }, "an end could not be told");
    }
  }
}
