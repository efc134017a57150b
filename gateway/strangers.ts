import type { Socket } from "node:net";
import { FairPlaces, type Guest } from "../link/fair-places.ts";
import { resetNow } from "../link/reset.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";

interface Stranger extends Guest {
  readonly socket: Socket;
}

/**
 * Connections that nobody has vouched for yet: no route named, no token shown. They may hold only so much, and begin only so
 * often from one network; a flood of them costs places of its own network before anybody else's.
 */
export class Strangers {
  readonly #places = new FairPlaces<Stranger>({
    most: limits.unrouted,
    mostPerNetwork: limits.unroutedPerAddress,
    evict: ({ socket }) => resetNow(socket),
  });
  readonly #now: () => number;
  /** Arrivals of each network in this window. */
  readonly #arrivals = new Map<string, number>();
  #windowEnd = 0;

  /** `now` in monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  get count(): number {
    return this.#places.taken;
  }

  /**
   * Serves a connection that has arrived. `serve` resolves when somebody has vouched for it (true), or it has been dealt
   * with (false); it may reject, and the connection is reset then.
   */
  async admit(socket: Socket, serve: () => Promise<boolean>): Promise<void> {
    const network = networkOf(socket.remoteAddress ?? "");
    if (!this.#arrived(network)) return resetNow(socket);
    const stranger = { network, socket };
    this.#places.take(stranger);
    try {
      if (await serve()) this.#arrivals.set(network, (this.#arrivals.get(network) ?? 1) - 1);
    } catch (error) {
      resetNow(socket);
      throw error;
    } finally {
      this.#places.leave(stranger);
    }
  }

  #arrived(network: string): boolean {
    const now = this.#now();
    if (now >= this.#windowEnd || this.#arrivals.size >= limits.networksKept) {
      this.#windowEnd = now + limits.arrivalsMs;
      this.#arrivals.clear();
    }
    const arrivals = (this.#arrivals.get(network) ?? 0) + 1;
    if (arrivals > limits.arrivalsPerAddress) return false;
    this.#arrivals.set(network, arrivals);
    return true;
  }
}
