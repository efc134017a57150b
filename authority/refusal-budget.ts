import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import type { Context } from "./context.ts";

/**
 * Which refusals of strangers stand in the log one by one. Anybody can be refused as often as he likes, and each record is
 * kept for good: beyond a budget, refusals are counted, and the count stands in the log instead.
 */
export class RefusalBudget {
  readonly #c: Context;
  readonly #facts: Record<string, string>;
  readonly #logged = new Map<string, number>();
  #all = 0;
  #beyond = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `facts` say beside the count what was refused. It is kept at the end of each window in which something was counted. */
  constructor(c: Context, facts: Record<string, string>) {
    this.#c = c;
    this.#facts = facts;
  }

  /** Whether the log takes this one. */
  take(address: string): boolean {
    this.#timer ??= setTimeout(() => void this.#end(), limits.refusalsLoggedMs).unref();
    const network = networkOf(address);
    if (this.spent(address) || this.#all >= limits.refusalsLogged) {
      this.#beyond += 1;
      return false;
    }
    this.#logged.set(network, (this.#logged.get(network) ?? 0) + 1);
    this.#all += 1;
    return true;
  }

  /** Whether this address's own network has had its share of this window. */
  spent(address: string): boolean {
    return (this.#logged.get(networkOf(address)) ?? 0) >= limits.refusalsLoggedPerAddress;
  }

  /** Keeps what was counted so far. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#end();
  }

  async #end(): Promise<void> {
    const count = this.#beyond;
    this.#timer = undefined;
    this.#logged.clear();
    this.#all = 0;
    this.#beyond = 0;
    if (count > 0) await this.#keep(count);
  }

  async #keep(count: number): Promise<void> {
    const { store, now, log } = this.#c;
    const record = {
      at: now(),
      action: "refusals.counted",
      outcome: "refused",
      facts: { ...this.#facts, count },
    } as const;
    await store
      .change((change) => change.audit(record))
      .catch((error: unknown) => log.error({ error: String(error), count }, "a count of refusals could not be kept"));
  }
}
