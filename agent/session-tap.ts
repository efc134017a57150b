import type { RecordedStream, StreamKind, Tap } from "../channels/channel.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { RecordEntry } from "../protocol/recording.ts";

export interface SessionTapOptions {
  /** Writes a row, or ends the session. */
  readonly record: (entry: RecordEntry) => void;
  readonly now: () => Date;
  /** Something can't be recorded: ends the session. */
  readonly failed: () => void;
}

/** What one session has carried, and the rows that are still to come. */
export class SessionTap implements Tap {
  readonly #o: SessionTapOptions;
  readonly #counts = { up: 0, down: 0 };
  #open = 0;
  #refusals = 0;
  #settled: (() => void) | undefined;

  constructor(o: SessionTapOptions) {
    this.#o = o;
  }

  get counts(): { readonly up: number; readonly down: number } {
    return { ...this.#counts };
  }

  count(direction: "up" | "down", bytes: number): void {
    this.#counts[direction] += bytes;
  }

  row(): (entry: RecordEntry) => void {
    this.#open += 1;
    let open = true;
    return (entry) => {
      if (!open) return;
      open = false;
      this.#open -= 1;
      this.#o.record(entry);
      if (this.#open === 0) this.settle();
    };
  }

  stream(kind: StreamKind): RecordedStream {
    this.refused("obligation-refused");
    this.#o.failed();
    throw new GenkanError("obligation-refused", `This agent records no stream of a ${kind}.`);
  }

  refused(code: ErrorCode): void {
    if (this.#refusals >= limits.recordRefusals) return;
    this.#refusals += 1;
    this.#o.record({ kind: "refusal", at: this.#o.now().toISOString(), code });
  }

  /** Calls `settled` once: when no row is still to come, at once if none is, or when {@link settle} is called. */
  onSettled(settled: () => void): void {
    this.#settled = settled;
    if (this.#open === 0) this.settle();
  }

  /** Whatever is still to come is waited for no longer. */
  settle(): void {
    const settled = this.#settled;
    this.#settled = undefined;
    settled?.();
  }
}
