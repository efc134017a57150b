import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/** A share of the window, after which credit goes back: often enough to keep the sender going, rare enough to be cheap. */
const returnShare = 4;
/**
 * A sender that the window holds back needs about one round trip for each window, and at most a third more, for credit
 * returns in quarters. Up to this many round trips a window counts as "filled within one".
 */
const roundTripsToGrow = 1.5;

/** What one link allows its streams to grow by, so that many bulk copies together stay within {@link limits}. */
export interface WindowBudget {
  /** Whether `bytes` more may be promised; if so they are taken. */
  take(bytes: number): boolean;
}

/**
 * The receiver's half of a stream's flow control: how much the peer may still send, and when it hears of more.
 *
 * The window follows the line: it doubles when the peer filled it within one round trip of the *unloaded* line. Beyond
 * that a larger window would only wait in queues, and every other stream of the link would wait behind it.
 * Invariant: bytes that arrived and were not consumed never exceed {@link size}.
 */
export class MuxWindow {
  #size: number = limits.windowFirstBytes;
  #open: number = limits.windowFirstBytes;
  #due = 0;
  #roundStart: number | undefined;
  #roundBytes = 0;
  readonly #budget: WindowBudget;

  constructor(budget: WindowBudget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#size;
  }

  /** Bytes arrived. `now` and `roundTrip` in milliseconds. Throws `frame-malformed` beyond the credit. */
  arrive(bytes: number, now: number, roundTrip: number | undefined): void {
    if (bytes > this.#open) throw new GenkanError("frame-malformed", "The peer sent more than its credit.");
    this.#open -= bytes;
    this.#roundStart ??= now;
    this.#roundBytes += bytes;
    if (this.#roundBytes < this.#size) return;
    const filledFast = roundTrip !== undefined && now - this.#roundStart < roundTrip * roundTripsToGrow;
    this.#roundStart = now;
    this.#roundBytes = 0;
    if (filledFast) this.#grow();
  }

  /** Bytes went on to their reader. Returns the credit to send now; 0 while it is not worth a frame. */
  consume(bytes: number): number {
    this.#due += bytes;
    if (this.#due * returnShare < this.#size) return 0;
    const credit = this.#due;
    this.#due = 0;
    this.#open += credit;
    return credit;
  }

  #grow(): void {
    const more = Math.min(this.#size, limits.windowMaxBytes - this.#size);
    if (more === 0 || !this.#budget.take(more)) return;
    this.#size += more;
    this.#due += more;
  }
}
