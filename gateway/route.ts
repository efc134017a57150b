import type { Socket } from "node:net";
import type { Leg } from "../link/carrier.ts";
import { formatClientAddress } from "../link/client-address.ts";
import { FairPlaces, type Guest } from "../link/fair-places.ts";
import { resetNow } from "../link/reset.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { Splice } from "./splice.ts";

interface Client extends Guest {
  readonly socket: Socket;
}

interface Waiting {
  readonly client: Client;
  readonly head: Buffer;
  readonly timer: NodeJS.Timeout;
}

/**
 * One host name: clients that arrive for it, and the legs that were dialled for it. A session's clients are known to its
 * agent, and those beyond the limit are reset. The authority's own names are for anybody: there a newcomer takes the place
 * of the longest silent client of whichever network holds most.
 */
export class Route {
  readonly host: string;
  readonly kind: "authority" | "session";
  readonly #places: FairPlaces<Client>;
  readonly #idle = new Map<Leg, () => void>();
  readonly #waiting = new Set<Waiting>();
  readonly #splices = new Set<Splice>();
  #endedUp = 0;
  #endedDown = 0;
  #frozen = false;
  #closed = false;

  constructor(host: string, kind: "authority" | "session") {
    this.host = host;
    this.kind = kind;
    const session = kind === "session";
    this.#places = new FairPlaces({
      most: session ? limits.connectionsPerSession : limits.connectionsPerAuthorityRoute,
      mostPerNetwork: session ? limits.connectionsPerSession : limits.connectionsPerAddress,
      evict: ({ socket }) => resetNow(socket),
    });
  }

  /** Bytes of all its connections so far. */
  get counts(): { up: number; down: number } {
    let [up, down] = [this.#endedUp, this.#endedDown];
    for (const splice of this.#splices) {
      up += splice.up;
      down += splice.down;
    }
    return { up, down };
  }

  /** A client whose first bytes named this host. Without a leg it waits {@link limits.legWaitMs}, then is reset. */
  connect(socket: Socket, head: Buffer): void {
    const full = this.kind === "session" && this.#places.taken >= limits.connectionsPerSession;
    if (this.#closed || full || socket.destroyed) return resetNow(socket);
    const client = { network: networkOf(socket.remoteAddress ?? ""), socket };
    this.#places.take(client);
    socket.once("close", () => this.#places.leave(client));
    const leg = this.#takeIdle();
    if (leg) return this.#splice(client, head, leg);
    const waiting = { client, head, timer: setTimeout(() => this.#giveUp(waiting), limits.legWaitMs) };
    this.#waiting.add(waiting);
    socket.once("close", () => this.#giveUp(waiting));
  }

  /** A leg whose token was good. */
  add(leg: Leg): void {
    if (this.#closed) return resetNow(leg.raw);
    const waiting = this.#next();
    if (!waiting) return this.#keep(leg);
    clearTimeout(waiting.timer);
    this.#waiting.delete(waiting);
    this.#splice(waiting.client, waiting.head, leg);
  }

  /** Of those who wait, the first of the network that holds least: a flood delays only its own network. */
  #next(): Waiting | undefined {
    let next: Waiting | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      const share = this.#places.share(waiting.client.network);
      if (waiting.client.socket.destroyed || share >= least) continue;
      next = waiting;
      least = share;
    }
    return next;
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const splice of this.#splices) splice.freeze(frozen);
  }

  /** Resets everything at once and takes nothing any more. The counts stay readable. */
  close(): void {
    this.#closed = true;
    for (const splice of this.#splices) splice.cut();
    for (const leg of this.#idle.keys()) resetNow(leg.raw);
    for (const waiting of this.#waiting) this.#giveUp(waiting);
  }

  #giveUp(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    if (this.#waiting.delete(waiting)) resetNow(waiting.client.socket);
  }

  /** A leg that stands by is silent: one that speaks, ends or dies is dropped, and so is one beyond the limit. */
  #keep(leg: Leg): void {
    if (this.#idle.size >= limits.legsIdle) return resetNow(leg.raw);
    const { stream } = leg;
    const drop = () => {
      this.#idle.delete(leg);
      resetNow(leg.raw);
    };
    stream.on("data", drop).once("end", drop).once("close", drop);
    this.#idle.set(leg, () =>
      stream.removeListener("data", drop).removeListener("end", drop).removeListener("close", drop),
    );
  }

  #takeIdle(): Leg | undefined {
    for (const [leg, release] of this.#idle) {
      this.#idle.delete(leg);
      release();
      if (!leg.stream.destroyed && !leg.raw.destroyed) return leg;
    }
    return undefined;
  }

  #splice(client: Client, head: Buffer, leg: Leg): void {
    const { socket } = client;
    const over = (splice: Splice) => {
      this.#splices.delete(splice);
      this.#endedUp += splice.up;
      this.#endedDown += splice.down;
    };
    const own = this.kind === "authority";
    // The authority has no other way to know who calls: to it, all of them come from this gateway.
    if (own) leg.stream.write(formatClientAddress(socket.remoteAddress));
    const used = own ? { used: () => this.#places.renew(client) } : {};
    this.#splices.add(new Splice({ client: socket, leg, head, frozen: this.#frozen, over, ...used }));
  }
}
