import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/**
 * Round trip of a link, by PING and PONG. The shortest ever seen counts: under load a PING waits behind data, and a
 * window sized by that wait would feed the queue that it measures.
 */
export class RoundTrip {
  readonly #now: () => number;
  readonly #ping: (payload: Uint8Array) => void;
  readonly #payload = Buffer.alloc(8);
  #count = 0n;
  #sentAt: number | undefined;
  #shortest: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `ping` sends a PING; `now` in monotonic milliseconds. */
  constructor(now: () => number, ping: (payload: Uint8Array) => void) {
    this.#now = now;
    this.#ping = ping;
  }

  /** Milliseconds; undefined before the first answer. */
  get shortest(): number | undefined {
    return this.#shortest;
  }

  /** Milliseconds since a PING that is not answered yet; 0 while none is. */
  get waiting(): number {
    return this.#sentAt === undefined ? 0 : this.#now() - this.#sentAt;
  }

  start(): void {
    this.#send();
    this.#timer = setInterval(() => this.#send(), limits.controlPingMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Throws `frame-malformed` for a PONG that answers nothing. */
  answered(payload: Uint8Array): void {
    if (this.#sentAt === undefined || !this.#payload.equals(payload)) throw new GenkanError("frame-malformed");
    const took = this.#now() - this.#sentAt;
    this.#sentAt = undefined;
    this.#shortest = Math.min(this.#shortest ?? took, took);
  }

  /** One at a time: on a frozen link, unanswered ones must not pile up. */
  #send(): void {
    if (this.#sentAt !== undefined) return;
    this.#count += 1n;
    this.#payload.writeBigUInt64BE(this.#count);
    this.#sentAt = this.#now();
    this.#ping(Buffer.from(this.#payload));
  }
}
