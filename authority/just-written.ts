import { GenkanError } from "../protocol/error.ts";

/** What a verb has just written and reads again to answer with. Throws `internal` when it is not there. */
export function justWritten<T>(view: T | undefined): T {
  if (view === undefined) throw new GenkanError("internal");
  return view;
}
