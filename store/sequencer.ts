import { type LogKey } from "../crypto/log-key.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { sequence } from "./log.ts";
import type { Store } from "./store.ts";

/**
 * Keeps the outbox short: runs after each commit, and now and then for what another process wrote. One at a time: a
 * second run would number the same records.
 */
export class Sequencer {
  readonly #store: Store;
  readonly #key: LogKey;
  readonly #programLog: ProgramLog;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | null = null;
  #again = false;
  /** Of the last run; null when it took all that was there. */
  #failure: unknown = null;
  #closed = false;

  constructor(store: Store, key: LogKey, programLog: ProgramLog) {
    this.#store = store;
    this.#key = key;
    this.#programLog = programLog;
    store.onCommit(() => this.kick());
    this.#timer = setInterval(() => this.kick(), limits.sequencerMs).unref();
    this.kick();
  }

  /** Whether the last run took all that was there. */
  get whole(): boolean {
    return this.#failure === null;
  }

  kick(): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#drain().finally(() => {
      this.#running = null;
      if (this.#again) {
        this.#again = false;
        this.kick();
      }
    });
  }

  /** Resolves when all that was committed before this call stands in the log. Throws `store-unavailable` when it can't. */
  async settle(): Promise<void> {
    await this.#idle();
    if (this.#failure !== null)
      throw new GenkanError("store-unavailable", "The log could not be written.", { cause: this.#failure });
  }

  /** What could not be written is left in the outbox for whoever opens the store next. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#idle();
    this.#closed = true;
  }

  /** When no run is under way any more, nor wanted. */
  async #idle(): Promise<void> {
    this.kick();
    while (this.#running) await this.#running;
  }

  async #drain(): Promise<void> {
    try {
      let taken = 0;
      do {
        taken = await sequence(this.#store.db, this.#key, new Date());
        if (taken > 0) this.#store.bus.publish(["audit"]);
      } while (taken === limits.checkpointRecords);
      this.#failure = null;
    } catch (error) {
      this.#failure = error;
      // The records stay in the outbox, durable; the next run takes them.
      this.#programLog.error({ event: "store.log.unwritten", error: String(error) }, "the log could not be written");
    }
  }
}
