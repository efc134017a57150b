import type { RecordedEnd } from "../protocol/agent-file.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import type { ControlClient } from "./control.ts";
import { Recording } from "./recording.ts";
import { Spool } from "./spool.ts";

/** Recordings of an earlier run that the authority has not acknowledged: each is told, with its end, and then forgotten. */
export class Leftovers {
  readonly #recordings = new Map<Id<"session">, Recording>();

  /** `folder` is the agent's data folder; `now` is when one ended that a crash cut off. */
  constructor(o: { folder: string; control: ControlClient; log: ProgramLog; now: Date }) {
    const { control, log } = o;
    for (const { session, spool, entries, end } of Spool.leftovers(o.folder)) {
      const forget = () => void this.#recordings.delete(session);
      const recording = new Recording({ session, spool, control, log, entries, onDone: forget, onRefused: forget });
      this.#recordings.set(session, recording);
      recording.end(end ?? endOfCrash(entries, o.now));
    }
  }

  get sessions(): Id<"session">[] {
    return [...this.#recordings.keys()];
  }

  has(session: Id<"session">): boolean {
    return this.#recordings.has(session);
  }

  flush(): void {
    for (const recording of this.#recordings.values()) recording.flush();
  }

  /** The agent stops; what was not acknowledged stays on disk. */
  close(): void {
    for (const recording of this.#recordings.values()) recording.close();
  }
}

/** An agent that died could not say why a session ended, nor count beyond the rows that it had written. */
function endOfCrash(entries: readonly RecordEntry[], now: Date): RecordedEnd {
  const counts = { up: 0, down: 0, connections: 0 };
  for (const entry of entries) {
    if (!("up" in entry)) continue;
    counts.up += entry.up;
    counts.down += entry.down;
  }
  return { reason: "agent-lost", counts, at: now.toISOString() };
}
