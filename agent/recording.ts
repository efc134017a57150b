import type { RecordedEnd } from "../protocol/agent-file.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramEventAt } from "../protocol/program-event.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import type { ControlClient } from "./control.ts";
import type { Spool } from "./spool.ts";

export interface RecordingOptions {
  readonly session: Id<"session">;
  readonly spool: Spool;
  readonly control: ControlClient;
  readonly log: ProgramLog;
  /** Rows that an earlier run left. */
  readonly entries?: readonly RecordEntry[];
  /** The authority has everything. */
  readonly onDone: () => void;
  /** The authority does not take it and never will. */
  readonly onRefused: () => void;
}

/** Entries in one message (`session.entries`), and their bytes: a path can be long, and JSON makes it longer. */
const batch = 256;
const batchBytes = limits.controlBytes / 2;

/**
 * Failures that may pass, and those of the link itself: the rows are sent again. Any other code is the authority's own
 * answer to these rows, and would be the same the next time.
 */
const passing = new Set<ErrorCode>([
  "link-closed",
  "reply-timeout",
  "too-many",
  "store-unavailable",
  "internal",
  "frame-malformed",
  "frame-too-large",
]);

/**
 * One session's recording on its way to the authority: kept until its receipt, in order, and sent again on the next
 * control link. The session's end goes last, so it closes a whole recording.
 */
export class Recording {
  readonly #o: RecordingOptions;
  #entries: RecordEntry[];
  /** Number of `#entries[0]` in the whole recording. */
  #first = 0;
  #end: RecordedEnd | undefined;
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
  ending(end: RecordedEnd): void {
    try {
      this.#o.spool.write({ end });
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
    }
  }

  /** Nothing is written any more. */
  end(end: RecordedEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.ending(end);
    this.flush();
  }

  /** Sends what waits. To be called also when a control link is up again. */
  flush(): void {
    if (this.#sending || this.#over) return;
    // What nobody foresaw must not end the agent with all its sessions: the rows wait, on disk too.
    this.#send().catch((error: unknown) =>
      this.#failed(error, "agent.recording.unsent", "a recording could not be sent"),
    );
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
        const entries = this.#nextBatch();
        await control.request("session.entries", { session, first: this.#first, entries });
        this.#entries = this.#entries.slice(entries.length);
        this.#first += entries.length;
      }
      if (!this.#end || this.#over) return;
      await control.request("session.ended", { session, ...this.#end });
      this.#over = true;
      this.#leave(() => this.#o.spool.remove());
      this.#o.onDone();
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      if (this.#over || passing.has(error.code)) return;
      this.#over = true;
      const { code } = error;
      this.#o.log.error(
        { event: "agent.recording.refused", session, code },
        "the authority takes no more of a recording",
      );
      this.#leave(() => this.#o.spool.setAside());
      this.#o.onRefused();
    } finally {
      this.#sending = false;
    }
  }

  /** The first rows that fit into one message, one at least. */
  #nextBatch(): RecordEntry[] {
    let bytes = 0;
    const most = this.#entries.slice(0, batch);
    const beyond = most.findIndex((entry, at) => {
      bytes += Buffer.byteLength(JSON.stringify(entry)) + 1;
      return at > 0 && bytes > batchBytes;
    });
    return beyond === -1 ? most : most.slice(0, beyond);
  }

  /** A file that stays where it was is offered again by the next start; for the session it changes nothing. */
  #leave(spool: () => void): void {
    try {
      spool();
    } catch (error) {
      this.#failed(error, "agent.recording.kept-back", "a recording's file could not be put away");
    }
  }

  #failed(error: unknown, event: ProgramEventAt<"error">, message: string): void {
    this.#o.log.error({ event, session: this.#o.session, error: String(error) }, message);
  }
}
