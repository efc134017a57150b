import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";

/**
 * Which refusals of strangers stand in the log one by one. Anybody can be refused as often as he likes, and each record is
 * kept for good: beyond a budget, refusals are counted, and the count stands in the log instead.
 */
export class RefusalBudget {
  readonly #logged = new Map<string, number>();
  readonly #tell: (count: number) => Promise<void>;
  #all = 0;
  #beyond = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `tell` is called with what was counted, at the end of each window in which something was. */
  constructor(tell: (count: number) => Promise<void>) {
    this.#tell = tell;
  }

  /** Whether the log takes this one. */
  take(address: string): boolean {
    this.#timer ??= setTimeout(() => void this.#end(), limits.refusalsLoggedMs).unref();
    const network = networkOf(address);
    const own = this.#logged.get(network) ?? 0;
    if (own >= limits.refusalsLoggedPerAddress || this.#all >= limits.refusalsLogged) {
      this.#beyond += 1;
      return false;
    }
    this.#logged.set(network, own + 1);
    this.#all += 1;
    return true;
  }

  /** Tells what was counted so far. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#end();
  }

  async #end(): Promise<void> {
    const beyond = this.#beyond;
    this.#timer = undefined;
    this.#logged.clear();
    this.#all = 0;
    this.#beyond = 0;
    if (beyond > 0) await this.#tell(beyond);
  }
}
