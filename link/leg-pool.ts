import type { Token } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { Carrier, Leg } from "./carrier.ts";
import { Backoff } from "./redial.ts";
import { resetNow } from "./reset.ts";

export interface LegPoolOptions {
  readonly carrier: Carrier;
  /** Legs that stand ready at the gateway. */
  readonly warm: number;
  /** One-time tokens to begin with. */
  readonly tokens: readonly Token[];
  /** Tokens to hold when full; more are asked for below half of it. */
  readonly tokensHeld: number;
  /** Asks for `count` more tokens. */
  readonly moreTokens: (count: number) => Promise<readonly Token[]>;
  /** A client's first byte has arrived on the leg and waits in its stream. */
  readonly onLeg: (leg: Leg) => void;
  readonly log: ProgramLog;
}

/** The dialler's side of a route: legs that stand ready, replaced as they are used or die. */
export class LegPool {
  readonly #o: LegPoolOptions;
  readonly #tokens: Token[];
  /** No leg is dialled any more. */
  readonly #closing = new AbortController();
  /** Nor does one that is under way come to anything. */
  readonly #closed = new AbortController();
  readonly #live = new Set<Leg>();
  readonly #ready = new Set<Leg>();
  #asking: Promise<void> | undefined;
  /** Somebody came on a leg when nobody was let in any more: the gateway has sent them. */
  #cameLate = false;

  constructor(o: LegPoolOptions) {
    this.#o = o;
    this.#tokens = [...o.tokens];
    for (let place = 0; place < o.warm; place++) void this.#keepPlace();
  }

  get ready(): number {
    return this.#ready.size;
  }

  /**
   * Resets every leg that carries a client, begins to dial no more, and lets nobody in. Legs that stand ready stay until
   * {@link close}, and so do those that are being dialled now, if they come to stand: what is returned tells whether one of
   * them does, or did until somebody came on it, and so whether the gateway was there all the time.
   */
  retire(): () => boolean {
    this.#closing.abort();
    resetNow(...[...this.#live].filter((leg) => !this.#ready.has(leg)).map((leg) => leg.raw));
    return () => this.#cameLate || this.#ready.size > 0;
  }

  /** Resets every leg, those that carry a client too, and dials no more. */
  close(): void {
    this.#closing.abort();
    this.#closed.abort();
    resetNow(...[...this.#live].map((leg) => leg.raw));
  }

  /** One of the `warm` places: fills it, waits until its leg is used or dead, and begins again. */
  async #keepPlace(): Promise<void> {
    const { signal } = this.#closing;
    const backoff = new Backoff();
    while (!signal.aborted) {
      try {
        const token = await this.#takeToken();
        if (signal.aborted) return;
        const leg = await this.#o.carrier.dial(token, this.#closed.signal);
        if (this.#closed.signal.aborted) return resetNow(leg.raw);
        if (await this.#standBy(leg)) {
          if (signal.aborted) {
            this.#cameLate = true;
            return resetNow(leg.raw);
          }
          backoff.reset();
          this.#o.onLeg(leg);
          continue;
        }
      } catch (error) {
        if (signal.aborted) return;
        this.#o.log.warn(
          { event: "link.leg.undialled", code: error instanceof GenkanError ? error.code : "internal" },
          "a leg could not be dialled",
        );
      }
      await backoff.wait(signal);
    }
  }

  /** Resolves true when the first byte is there (still in the stream), false when the leg ended before. */
  #standBy(leg: Leg): Promise<boolean> {
    const { stream, raw } = leg;
    this.#live.add(leg);
    this.#ready.add(leg);
    raw.once("close", () => this.#live.delete(leg));
    return new Promise((resolve) => {
      const settle = (used: boolean) => {
        stream.removeListener("readable", look).removeListener("close", gone).removeListener("end", gone);
        this.#ready.delete(leg);
        if (!used) resetNow(raw);
        resolve(used);
      };
      const gone = () => settle(false);
      // "readable" leaves the bytes where they are; it also fires at the end, with none.
      const look = () => stream.readableLength > 0 && settle(true);
      stream.on("readable", look).once("end", gone).once("close", gone);
      if (stream.readableLength > 0) settle(true);
      else if (stream.destroyed) gone();
    });
  }

  async #takeToken(): Promise<Token> {
    if (this.#tokens.length * 2 <= this.#o.tokensHeld) {
      const asked = this.#ask();
      if (this.#tokens.length === 0) await asked;
    }
    const token = this.#tokens.shift();
    if (token === undefined) throw new GenkanError("token-refused", "No leg token is left.");
    return token;
  }

  /** At most one question is on its way. Rejects only towards a place that waits for it. */
  #ask(): Promise<void> {
    this.#asking ??= this.#o
      .moreTokens(this.#o.tokensHeld - this.#tokens.length)
      .then((tokens) => void this.#tokens.push(...tokens))
      .finally(() => {
        this.#asking = undefined;
      });
    const asking = this.#asking;
    asking.catch(() => {});
    return asking;
  }
}
