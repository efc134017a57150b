import type { EndReason } from "../protocol/end-reason.ts";
import type { PersonRef } from "../protocol/person.ts";
import type { Counts } from "../protocol/recording.ts";

/** How a session is ended: why, by whom (null for the system), and what the log is told beside it. */
export interface Ending {
  readonly reason: EndReason;
  readonly by: PersonRef | null;
  readonly facts?: Record<string, unknown>;
  readonly counts?: Counts;
}

/** Ends that were ordered and could not be written, by session: a lease round writes them, and no lease names these. */
export type OwedEnds = Map<string, Ending>;
