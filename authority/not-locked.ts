import { GenkanError } from "../protocol/error.ts";
import type { Db } from "../store/database.ts";
import { lockedTargets } from "../store/lock.ts";
import type { Caller } from "./caller.ts";

/**
 * Before every act of a person on anything but what is their own, inside of the change that it makes: throws `denied` for a
 * caller who is locked in person. What they still may: read, sign out, withdraw an own request, end an own session. Asking and
 * opening sessions meet the same lock on the ladder. As whoever locks is not locked themselves, there is always somebody left who
 * can lift; the host of the authority can as well ({@link liftOnHost}).
 */
export async function requireNotLocked(db: Db, caller: Caller): Promise<void> {
  if ((await lockedTargets(db, caller.scope, "person")).has(caller.person.id))
    throw new GenkanError("denied", undefined, { reasons: ["locked"] });
}
