import type { Socket } from "node:net";
import type { Leg } from "../link/carrier.ts";
import { readOn } from "../link/peek.ts";
import { resetNow } from "../link/reset.ts";
import { limits } from "../protocol/limits.ts";

/** One client joined to one leg: bytes pass unchanged and uninspected, both ways, and are counted. */
export class Splice {
  readonly #client: Socket;
  readonly #leg: Leg;
  readonly #over: (splice: Splice) => void;
  #frozen: boolean;
  #open = 2;
  #linger: NodeJS.Timeout | undefined;
  /** What was read from the client before; null once it went on. */
  #head: Buffer | null;
  /** Bytes from the client to the leg, and back. */
  up = 0;
  down = 0;

  /**
   * Begins at once, with sockets that are both alive. `head` was read from the client already. `over` is called once,
   * when both sides have closed; the counts are final then. `used` is called for every chunk of the client's.
   */
  constructor(o: {
    client: Socket;
    leg: Leg;
    head: Buffer;
    frozen: boolean;
    used?: () => void;
    over: (splice: Splice) => void;
  }) {
    this.#client = o.client;
    this.#leg = o.leg;
    this.#over = o.over;
    this.#frozen = o.frozen;
    this.#head = o.head;
    const { client } = o;
    const leg = o.leg.stream;
    this.#carry(
      client,
      leg,
      (bytes) => {
        this.up += bytes;
        o.used?.();
      },
      () => this.#endLeg(),
    );
    this.#carry(
      leg,
      client,
      (bytes) => (this.down += bytes),
      () => {
        client.end();
        this.#settle();
      },
    );
    readOn(client);
    this.freeze(o.frozen);
  }

  /** Stops or goes on reading, both ways. What was read already is still delivered. */
  freeze(frozen: boolean): void {
    this.#frozen = frozen;
    if (!frozen && this.#head) {
      this.up += this.#head.length;
      this.#leg.stream.write(this.#head);
      this.#head = null;
    }
    for (const [from, to] of [
      [this.#client, this.#leg.stream],
      [this.#leg.stream, this.#client],
    ] as const) {
      if (frozen) from.pause();
      else if (!to.writableNeedDrain) from.resume();
    }
  }

  /** Resets both sides; what is queued in either direction is dropped. */
  cut(): void {
    resetNow(this.#client, this.#leg.raw);
  }

  #carry(from: Socket, to: Socket, count: (bytes: number) => void, end: () => void): void {
    from.on("data", (chunk: Buffer) => {
      count(chunk.length);
      if (!to.write(chunk)) from.pause();
    });
    to.on("drain", () => this.#frozen || from.resume());
    from.once("end", end);
    from.on("error", () => {});
    from.once("close", () => this.#closed());
  }

  /** The client has ended, and all that it sent was handed to the leg. */
  #endLeg(): void {
    const { stream, raw } = this.#leg;
    // FIN alone, without TLS's close_notify: a peer that has closed already answers a FIN with silence, but any byte
    // with a reset, which would destroy the tail of its answer that waits here for a slow client. The TLS inside tells a
    // true end from a cut by itself.
    stream.write("", () => raw.end(() => this.#settle()));
  }

  /** Both ways have ended: the client's socket closes by itself then, the leg's TLS still waits for a close_notify. */
  #settle(): void {
    if (this.#legDone) this.#leg.stream.destroy();
  }

  get #legDone(): boolean {
    return this.#leg.stream.readableEnded && this.#leg.raw.writableFinished;
  }

  /** A side that ended in order may leave the other still flushing; any other close is a loss for both. */
  #closed(): void {
    const { stream } = this.#leg;
    const clientLost = this.#client.destroyed && !(this.#client.readableEnded && this.#client.writableFinished);
    if (clientLost || (stream.destroyed && !this.#legDone)) this.cut();
    if (--this.#open === 0) {
      clearTimeout(this.#linger);
      this.#over(this);
    } else if (stream.destroyed) {
      // It may still be reading the end of what the leg sent, but nobody hears it any more.
      this.#linger = setTimeout(() => this.cut(), limits.lingerMs);
    }
  }
}
