import type { EndReason } from "../protocol/end-reason.ts";
import type { Id } from "../protocol/make-id.ts";
import type { PersonRef } from "../protocol/person.ts";
import type { Counts } from "../protocol/recording.ts";

/** How a session is ended: why, by whom (null for the system), and what the log is told beside it. */
export interface Ending {
  readonly reason: EndReason;
  readonly by: PersonRef | null;
  /** `toldBy`: the agent that told of the end; `reason`: what a person gave; `code`: of an agent that refused; `signedOut`: with its sign-in. */
  readonly facts?: {
    readonly toldBy?: string;
    readonly reason?: string;
    readonly code?: string;
    readonly signedOut?: true;
  };
  readonly counts?: Counts;
}

/** Ends that were ordered and could not be written, by session: a lease round writes them, and no lease names these. */
export type OwedEnds = Map<Id<"session">, Ending>;
