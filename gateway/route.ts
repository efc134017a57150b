import type { Socket } from "node:net";
import type { Leg } from "../link/carrier.ts";
import { cut } from "../link/cut.ts";
import { limits } from "../protocol/limits.ts";
import { Splice } from "./splice.ts";

interface Waiting {
  readonly client: Socket;
  readonly head: Buffer;
  readonly timer: NodeJS.Timeout;
}

/** One host name: clients that arrive for it, and the legs that were dialled for it. */
export class Route {
  readonly host: string;
  readonly kind: "authority" | "session";
  readonly #mostConnections: number;
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
    this.#mostConnections = kind === "session" ? limits.connectionsPerSession : limits.connectionsPerAuthorityRoute;
  }

  /** Bytes of all its connections so far, and how many are open. */
  get counts(): { up: number; down: number; connections: number } {
    let [up, down] = [this.#endedUp, this.#endedDown];
    for (const splice of this.#splices) {
      up += splice.up;
      down += splice.down;
    }
    return { up, down, connections: this.#splices.size };
  }

  /** A client whose first bytes named this host. Without a leg it waits {@link limits.legWaitMs}, then is reset. */
  connect(client: Socket, head: Buffer): void {
    const full = this.#splices.size + this.#waiting.size >= this.#mostConnections;
    if (this.#closed || full || client.destroyed) return cut(client);
    const leg = this.#takeIdle();
    if (leg) return this.#splice(client, head, leg);
    const waiting = { client, head, timer: setTimeout(() => this.#giveUp(waiting), limits.legWaitMs) };
    this.#waiting.add(waiting);
    client.once("close", () => this.#giveUp(waiting));
  }

  /** A leg whose token was good. */
  add(leg: Leg): void {
    if (this.#closed) return cut(leg.raw);
    for (const waiting of this.#waiting) {
      clearTimeout(waiting.timer);
      this.#waiting.delete(waiting);
      if (!waiting.client.destroyed) return this.#splice(waiting.client, waiting.head, leg);
    }
    this.#keep(leg);
  }

  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    for (const splice of this.#splices) splice.freeze(frozen);
  }

  /** Resets everything at once and takes nothing any more. The counts stay readable. */
  close(): void {
    this.#closed = true;
    for (const splice of this.#splices) splice.cut();
    for (const leg of this.#idle.keys()) cut(leg.raw);
    for (const waiting of this.#waiting) this.#giveUp(waiting);
  }

  #giveUp(waiting: Waiting): void {
    clearTimeout(waiting.timer);
    if (this.#waiting.delete(waiting)) cut(waiting.client);
  }

  /** A leg that stands by is silent; one that speaks, ends or dies is not kept. */
  #keep(leg: Leg): void {
    const { stream } = leg;
    const drop = () => {
      this.#idle.delete(leg);
      cut(leg.raw);
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

  #splice(client: Socket, head: Buffer, leg: Leg): void {
    const over = (splice: Splice) => {
      this.#splices.delete(splice);
      this.#endedUp += splice.up;
      this.#endedDown += splice.down;
    };
    this.#splices.add(new Splice({ client, leg, head, frozen: this.#frozen, over }));
  }
}
