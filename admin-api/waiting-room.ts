import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

interface Waiting {
  readonly network: string;
  go(): void;
  giveUp(): void;
}

/**
 * Lets a few run at once and a few more wait. For work that anybody may ask for and that costs much memory, like scrypt: of
 * one network only so many wait, and where all places are taken, the network that holds most gives up its latest.
 */
export class WaitingRoom {
  #free: number;
  readonly #queue: number;
  readonly #perNetwork: number;
  readonly #waiting: Waiting[] = [];

  /** The queue of passwords (scrypt). */
  static ofPasswords(): WaitingRoom {
    return new WaitingRoom(limits.passwordTries, limits.passwordTriesWaiting, limits.passwordTriesPerAddress);
  }

  /** `places` run at once, `queue` wait, of which `perNetwork` for one network. */
  constructor(places: number, queue: number, perNetwork: number = queue) {
    this.#free = places;
    this.#queue = queue;
    this.#perNetwork = perNetwork;
  }

  /** Throws `too-many` when there is no place, or another network has a better claim to it. */
  async run<T>(work: () => Promise<T>, network = ""): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(network);
    try {
      return await work();
    } finally {
      const next = this.#next();
      if (next) next.go();
      else this.#free += 1;
    }
  }

  #wait(network: string): Promise<void> {
    const own = this.#shares().get(network) ?? 0;
    const full = this.#waiting.length >= this.#queue;
    if (own >= this.#perNetwork || (full && !this.#crowdOut(own))) throw new GenkanError("too-many");
    return new Promise((resolve, reject) => {
      this.#waiting.push({ network, go: resolve, giveUp: () => reject(new GenkanError("too-many")) });
    });
  }

  /** Of those who wait, the first of the network that has fewest waiting: a network with many delays only itself. */
  #next(): Waiting | undefined {
    const shares = this.#shares();
    const least = Math.min(...shares.values());
    const at = this.#waiting.findIndex(({ network }) => shares.get(network) === least);
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  #shares(): Map<string, number> {
    const shares = new Map<string, number>();
    for (const { network } of this.#waiting) shares.set(network, (shares.get(network) ?? 0) + 1);
    return shares;
  }

  /** Makes room for a network that has `own` places so far; false when nobody has more than it would have. */
  #crowdOut(own: number): boolean {
    const shares = this.#shares();
    const most = Math.max(0, ...shares.values());
    if (most <= own + 1) return false;
    const at = this.#waiting.findLastIndex(({ network }) => shares.get(network) === most);
    this.#waiting.splice(at, 1)[0]?.giveUp();
    return true;
  }
}
