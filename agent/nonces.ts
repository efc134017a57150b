import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

export interface TicketNoncesOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** A fresh secret, base64url. */
  readonly random: () => string;
}

/**
 * Nonces that this agent gave out on its control link for tickets: each is good once, for {@link limits.ticketNonceMs},
 * and only on the link on which it was asked for. So a ticket is fresh without trusting anybody's clock.
 */
export class TicketNonces {
  readonly #o: TicketNoncesOptions;
  /** Oldest first: a Map keeps the order of insertion, and all live equally long. */
  readonly #expiry = new Map<string, number>();

  constructor(o: TicketNoncesOptions) {
    this.#o = o;
  }

  /** Throws `too-many` when {@link limits.ticketNonces} wait already. */
  issue(): string {
    const now = this.#o.now();
    for (const [nonce, expiry] of this.#expiry) {
      if (expiry > now) break;
      this.#expiry.delete(nonce);
    }
    if (this.#expiry.size >= limits.ticketNonces) throw new GenkanError("too-many");
    const nonce = this.#o.random();
    this.#expiry.set(nonce, now + limits.ticketNonceMs);
    return nonce;
  }

  /** Uses a nonce up. Whether it was good until now. */
  take(nonce: string): boolean {
    const expiry = this.#expiry.get(nonce);
    this.#expiry.delete(nonce);
    return expiry !== undefined && expiry > this.#o.now();
  }

  /** The control link is over: nothing that was asked for on it counts any more. */
  void(): void {
    this.#expiry.clear();
  }
}
