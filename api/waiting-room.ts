import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

interface Waiting {
  readonly network: string;
  readonly known: boolean;
  go(): void;
  giveUp(): void;
}

/**
 * Lets a few run at once and a few more wait. For work that anybody may ask for and that costs much memory, like scrypt: of
 * one network only so many wait, and where all places are taken, the network that holds most gives up its latest. Who asks for
 * an account from a network from which its owner has come before goes before all others, and takes the place of one of them:
 * however many addresses a stranger has, he comes from none of those.
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
  async run<T>(work: () => Promise<T>, network = "", known = false): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(network, known);
    try {
      return await work();
    } finally {
      const next = this.#next();
      if (next) next.go();
      else this.#free += 1;
    }
  }

  #wait(network: string, known: boolean): Promise<void> {
    const own = this.#shares().get(network) ?? 0;
    const full = this.#waiting.length >= this.#queue;
    if (own >= this.#perNetwork || (full && !this.#crowdOut(own, known))) throw new GenkanError("too-many");
    return new Promise((resolve, reject) => {
      this.#waiting.push({ network, known, go: resolve, giveUp: () => reject(new GenkanError("too-many")) });
    });
  }

  /** Of those who wait, the known before the others; of these the first of the network that has fewest waiting. */
  #next(): Waiting | undefined {
    const anyKnown = this.#waiting.some(({ known }) => known);
    const shares = this.#shares();
    const claims = this.#waiting.filter(({ known }) => known === anyKnown);
    const least = Math.min(...claims.map(({ network }) => shares.get(network) ?? 0));
    const at = this.#waiting.findIndex(({ network, known }) => known === anyKnown && shares.get(network) === least);
    return at < 0 ? undefined : this.#waiting.splice(at, 1)[0];
  }

  #shares(): Map<string, number> {
    const shares = new Map<string, number>();
    for (const { network } of this.#waiting) shares.set(network, (shares.get(network) ?? 0) + 1);
    return shares;
  }

  /**
   * Makes room for a network that has `own` places so far, at the cost of one that is not known; false when none of those has
   * more than it would have. Who is known asks for no such balance.
   */
  #crowdOut(own: number, known: boolean): boolean {
    const shares = this.#shares();
    const others = this.#waiting.filter((waiting) => !waiting.known);
    const most = Math.max(0, ...others.map(({ network }) => shares.get(network) ?? 0));
    if (most === 0 || (!known && most <= own + 1)) return false;
    const at = this.#waiting.findLastIndex((waiting) => !waiting.known && shares.get(waiting.network) === most);
    this.#waiting.splice(at, 1)[0]?.giveUp();
    return true;
  }
}
