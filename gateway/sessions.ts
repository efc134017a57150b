import { LeaseTable } from "../link/lease.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { Route } from "./route.ts";
import type { RouteTable } from "./route-table.ts";

interface Live {
  readonly route: Route;
  freeze: NodeJS.Timeout | undefined;
}

export interface Ended {
  readonly session: Id<"session">;
  readonly reason: EndReason;
}

/**
 * Sessions that this gateway carries: each is one route, lives while its lease is renewed, and ends here once, with one
 * reason, by one function. An end is kept until an authority has heard of it.
 */
export class Sessions {
  readonly #routes: RouteTable;
  readonly #log: ProgramLog;
  readonly #live = new Map<Id<"session">, Live>();
  readonly #ended = new Map<Id<"session">, Ended>();
  /** Bytes of the sessions that are over. */
  readonly #past = { up: 0, down: 0 };
  readonly #leases: LeaseTable<Id<"session">>;
  readonly #onEnded: () => void;

  /** `now` is monotonic, in milliseconds. `onEnded` is called when {@link ended} has grown. */
  constructor(o: { routes: RouteTable; now: () => number; log: ProgramLog; onEnded: () => void }) {
    this.#routes = o.routes;
    this.#log = o.log;
    this.#onEnded = o.onEnded;
    this.#leases = new LeaseTable<Id<"session">>({ now: o.now, onLapse: (session) => this.cut(session, "lease-lost") });
  }

  get ids(): Id<"session">[] {
    return [...this.#live.keys()];
  }

  /** Ends that no authority has confirmed yet, oldest first. */
  get ended(): readonly Ended[] {
    return [...this.#ended.values()];
  }

  /** Bytes of all sessions since the start, those that are over too. */
  get bytes(): { up: number; down: number } {
    const sum = { ...this.#past };
    for (const { route } of this.#live.values()) {
      sum.up += route.counts.up;
      sum.down += route.counts.down;
    }
    return sum;
  }

  /** Throws `state-conflict` for a session or host that exists. */
  open(session: Id<"session">, host: string, leaseMs: number, tokenHashes: readonly string[]): void {
    if (this.#live.has(session) || this.#ended.has(session)) throw new GenkanError("state-conflict");
    const route = this.#routes.open(host, "session", tokenHashes);
    this.#live.set(session, { route, freeze: undefined });
    this.#leases.add(session, leaseMs);
    this.#log.info({ event: "gateway.session.begun", session }, "session begun");
  }

  renew(sessions: readonly Id<"session">[], durationMs: number): void {
    this.#leases.renew(sessions, durationMs);
  }

  /** Does nothing for a session that is over or was never here. */
  cut(session: Id<"session">, reason: EndReason): void {
    const live = this.#live.get(session);
    if (!live) return;
    this.#live.delete(session);
    this.#leases.remove(session);
    clearTimeout(live.freeze);
    this.#routes.close(live.route);
    const { up, down } = live.route.counts;
    this.#past.up += up;
    this.#past.down += down;
    this.#remember({ session, reason });
    this.#log.info({ event: "gateway.session.ended", session, reason, up, down }, "session ended");
    this.#onEnded();
  }

  /**
   * Frozen, no byte passes. A frozen socket does not notice that its peer has gone, so after {@link limits.freezeMs} the
   * session is cut; freezing again does not prolong that. Throws `session-unknown`.
   */
  freeze(session: Id<"session">, frozen: boolean): void {
    const live = this.#live.get(session);
    if (!live) throw new GenkanError("session-unknown");
    live.route.freeze(frozen);
    if (!frozen) clearTimeout(live.freeze);
    live.freeze = frozen
      ? (live.freeze ?? setTimeout(() => this.cut(session, "freeze-expired"), limits.freezeMs))
      : undefined;
  }

  confirmEnded(session: Id<"session">): void {
    this.#ended.delete(session);
  }

  cutAll(reason: EndReason): void {
    for (const session of this.ids) this.cut(session, reason);
    this.#leases.close();
  }

  #remember(ended: Ended): void {
    const [oldest] = this.#ended.keys();
    if (this.#ended.size >= limits.endedKept && oldest !== undefined) {
      this.#ended.delete(oldest);
      this.#log.error(
        { event: "gateway.end.forgotten", session: oldest },
        "an end could not be told to any authority and is forgotten",
      );
    }
    this.#ended.set(ended.session, ended);
  }
}
