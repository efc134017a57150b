import type { Counts, RecordEntry } from "../protocol/agent-control.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ControlClient } from "./control.ts";

export interface SessionEnd {
  readonly reason: EndReason;
  readonly counts: Counts;
  readonly at: string;
}

export interface RecordingOptions {
  readonly session: string;
  readonly control: ControlClient;
  /** The authority has everything. */
  readonly onDone: () => void;
  /** The authority does not take it and never will. */
  readonly onRefused: () => void;
}

/** Entries in one message (`session.entries`). */
const batch = 256;

/** Failures that pass; the others will be the same however often it is asked. */
const passing = new Set<ErrorCode>(["link-closed", "reply-timeout", "too-many", "store-unavailable", "internal"]);

/**
 * One session's recording on its way to the authority: kept until its receipt, in order, and sent again on the next
 * control link. The session's end goes last, so it closes a whole recording.
 */
export class Recording {
  readonly #o: RecordingOptions;
  #entries: RecordEntry[] = [];
  /** Number of `#entries[0]` in the whole recording. */
  #first = 0;
  #end: SessionEnd | undefined;
  #sending = false;
  #over = false;

  constructor(o: RecordingOptions) {
    this.#o = o;
  }

  /** Throws `recorder-unavailable` when {@link limits.recordEntriesPending} wait already. */
  write(entry: RecordEntry): void {
    if (this.#entries.length >= limits.recordEntriesPending) throw new GenkanError("recorder-unavailable");
    this.#entries.push(entry);
    this.flush();
  }

  /** Nothing is written any more. */
  end(end: SessionEnd): void {
    this.#end ??= end;
    this.flush();
  }

  /** Sends what waits. To be called also when a control link is up again. */
  flush(): void {
    if (!this.#sending && !this.#over) void this.#send();
  }

  async #send(): Promise<void> {
    this.#sending = true;
    const { session, control } = this.#o;
    try {
      while (this.#entries.length > 0) {
        const entries = this.#entries.slice(0, batch);
        await control.request("session.entries", { session, first: this.#first, entries });
        this.#entries = this.#entries.slice(entries.length);
        this.#first += entries.length;
      }
      if (this.#end) {
        await control.request("session.ended", { session, ...this.#end });
        this.#over = true;
        this.#o.onDone();
      }
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      if (passing.has(error.code)) return;
      this.#over = true;
      this.#o.onRefused();
    } finally {
      this.#sending = false;
    }
  }
}
