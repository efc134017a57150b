import { GenkanError } from "../protocol/error.ts";
import type { Db } from "../store/database.ts";
import { lockedTargets } from "../store/lock.ts";
import type { Caller } from "./caller.ts";

/**
 * For what no technician takes part in, so that the ladder's own rung does not meet it: throws `denied` for a caller who is
 * locked in person.
 */
export async function requireNotLocked(db: Db, caller: Caller): Promise<void> {
  if ((await lockedTargets(db, caller.scope, "person")).has(caller.person.id))
    throw new GenkanError("denied", undefined, { reasons: ["locked"] });
}
