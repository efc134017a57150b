import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { Counts } from "../protocol/recording.ts";
import type { ControlClient } from "./control.ts";

/** What the authority is told of a session while it lives. Nothing here needs a receipt: the next news make up for it. */
export class SessionNews {
  readonly #o: { readonly session: Id<"session">; readonly control: ControlClient; readonly log: ProgramLog };
  /** Counts as they were last told, in one string; empty when they never were. */
  #told = "";
  /** Whether the authority has kept that the session began; null while it is asked. */
  #begunKept: boolean | null = false;

  constructor(o: { session: Id<"session">; control: ControlClient; log: ProgramLog }) {
    this.#o = o;
  }

  /** Told until it is kept: a store that was away would otherwise take a live session for one that nobody used. */
  begun(): void {
    if (this.#begunKept !== false) return;
    this.#begunKept = null;
    const asked = this.#o.control.request("session.begun", { session: this.#o.session });
    const settle = (kept: boolean) => void (this.#begunKept = kept);
    asked.then(
      () => settle(true),
      () => settle(false),
    );
    this.#tell(asked);
  }

  /** Told where they are others than before. */
  counts(counts: Counts): void {
    const told = JSON.stringify(counts);
    if (told === this.#told) return;
    this.#told = told;
    this.#tell(this.#o.control.request("session.counts", { session: this.#o.session, counts }));
  }

  #tell(asked: Promise<unknown>): void {
    asked.catch((error: unknown) => {
      this.#o.log.debug(
        { event: "agent.session.untold", session: this.#o.session, error: String(error) },
        "the authority was not told",
      );
    });
  }
}
