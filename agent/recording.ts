import type { RecordEntry } from "../protocol/agent-control.ts";
import type { SessionEnd } from "../protocol/agent-file.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ControlClient } from "./control.ts";
import type { Spool } from "./spool.ts";

export interface RecordingOptions {
  readonly session: string;
  readonly spool: Spool;
  readonly control: ControlClient;
  /** Rows that an earlier run left. */
  readonly entries?: readonly RecordEntry[];
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
  #entries: RecordEntry[];
  /** Number of `#entries[0]` in the whole recording. */
  #first = 0;
  #end: SessionEnd | undefined;
  #sending = false;
  #over = false;

  constructor(o: RecordingOptions) {
    this.#o = o;
    this.#entries = [...(o.entries ?? [])];
  }

  /** Throws `recorder-unavailable` when {@link limits.recordEntriesPending} wait already, or the spool can't be written. */
  write(entry: RecordEntry): void {
    if (this.#entries.length >= limits.recordEntriesPending) throw new GenkanError("recorder-unavailable");
    this.#o.spool.write({ entry });
    this.#entries.push(entry);
    this.flush();
  }

  /**
   * Its last rows are still to come, yet what is known of its end is on disk from here on: an agent killed now tells of it at
   * its next start. Of several ends the last one counts. A spool that can't take one is no reason not to tell it.
   */
  ending(end: SessionEnd): void {
    try {
      this.#o.spool.write({ end });
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
    }
  }

  /** Nothing is written any more. */
  end(end: SessionEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.ending(end);
    this.flush();
  }

  /** Sends what waits. To be called also when a control link is up again. */
  flush(): void {
    if (!this.#sending && !this.#over) void this.#send();
  }

  /** The agent stops: what was not acknowledged stays in the spool. */
  close(): void {
    this.#over = true;
    this.#o.spool.close();
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
      if (!this.#end || this.#over) return;
      await control.request("session.ended", { session, ...this.#end });
      this.#over = true;
      this.#o.spool.remove();
      this.#o.onDone();
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      if (this.#over || passing.has(error.code)) return;
      this.#over = true;
      this.#o.spool.setAside();
      this.#o.onRefused();
    } finally {
      this.#sending = false;
    }
  }
}
