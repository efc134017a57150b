import { GenkanError } from "../protocol/error.ts";

/** Budgets that are kept at the same time; the oldest makes room, so that many names can't grow the memory. */
const budgetsKept = 10_000;

/**
 * Failures, or other things that cost, of one key in a sliding window. Never a lock-out of an account: another address has
 * its own budget.
 */
export class FailureBudget {
  readonly #most: number;
  readonly #windowMs: number;
  readonly #failures = new Map<string, number[]>();

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#windowMs = windowMs;
  }

  /**
   * Counts a try as failed before it is judged, so that many at once spend the budget too; a success is forgiven. Throws
   * `too-many` when the budget is spent. `now` is epoch milliseconds.
   */
  take(key: string, now: number): void {
    const recent = this.check(key, now);
    this.#failures.delete(key);
    this.#failures.set(key, [...recent, now]);
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > budgetsKept && oldest !== undefined) this.#failures.delete(oldest);
  }

  /** The failures that still count, oldest first. Takes nothing; throws `too-many` when the budget is spent. */
  check(key: string, now: number): number[] {
    const recent = (this.#failures.get(key) ?? []).filter((at) => now - at < this.#windowMs);
    if (recent.length >= this.#most) throw new GenkanError("too-many", "Wait a few minutes.");
    return recent;
  }

  /** The try that was taken at `now` was none. */
  forgive(key: string, now: number): void {
    const recent = this.#failures.get(key) ?? [];
    const at = recent.lastIndexOf(now);
    if (at >= 0) this.#failures.set(key, recent.toSpliced(at, 1));
  }
}
