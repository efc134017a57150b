import type { ServerResponse } from "node:http";
import { limits } from "../protocol/limits.ts";

/**
 * Answers that are made and not taken by their reader yet, for each caller. They lie in this process's memory for as long as
 * the reader likes, and a list is asked for in a hundred bytes: without a bound whoever asks and does not read ends the
 * authority (A16).
 */
export class UnreadAnswers {
  readonly #bytes = new Map<string, number>();

  /** Counts an answer of so many bytes until it is taken or its connection is over. False when `by` leaves too much unread. */
  take(by: string, bytes: number, response: ServerResponse): boolean {
    const unread = this.#bytes.get(by) ?? 0;
    // One answer alone is taken whatever its size: it is bounded where it is made.
    if (unread > 0 && unread + bytes > limits.unreadAnswerBytes) return false;
    this.#bytes.set(by, unread + bytes);
    let counted = true;
    const over = () => {
      if (!counted) return;
      counted = false;
      const left = (this.#bytes.get(by) ?? 0) - bytes;
      if (left > 0) this.#bytes.set(by, left);
      else this.#bytes.delete(by);
    };
    response.once("finish", over).once("close", over);
    return true;
  }
}
