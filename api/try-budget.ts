import { GenkanError } from "../protocol/error.ts";

/** Budgets that are kept at the same time; the oldest makes room, so that many names can't grow the memory. */
const budgetsKept = 10_000;

/**
 * Tries of one key in a sliding window: at a password, for a code, for a token. Never a lock-out of an account, for another
 * address has a budget of its own.
 */
export class TryBudget {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #tries = new Map<string, number[]>();

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /**
   * Counts a try before it is judged, so that many at once spend the budget too; one that was right is forgiven. Throws
   * `too-many` when the budget is spent. `now` is epoch milliseconds.
   */
  take(key: string, now: number): void {
    const recent = this.check(key, now);
    this.#tries.delete(key);
    this.#tries.set(key, [...recent, now]);
    const [oldest] = this.#tries.keys();
    if (this.#tries.size > budgetsKept && oldest !== undefined) this.#tries.delete(oldest);
  }

  /** The tries that still count, oldest first. Takes nothing; throws `too-many` when the budget is spent. */
  check(key: string, now: number): number[] {
    const recent = (this.#tries.get(key) ?? []).filter((at) => now - at < this.#windowMs);
    if (recent.length >= this.#most) throw new GenkanError("too-many", "Wait a few minutes.");
    return recent;
  }

  /** Gives back the try that was taken at `now`: it was right, and does not count. */
  forgive(key: string, now: number): void {
    const recent = this.#tries.get(key) ?? [];
    const at = recent.lastIndexOf(now);
    if (at >= 0) this.#tries.set(key, recent.toSpliced(at, 1));
  }
}
