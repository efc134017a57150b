import { GenkanError } from "../protocol/error.ts";
import type { LockKind } from "../protocol/lock.ts";
import type { Id } from "../protocol/make-id.ts";
import { isOfInstallation } from "../protocol/membership.ts";
import type { Db } from "../store/database.ts";
import { lockedTargets, locksInForce } from "../store/lock.ts";
import { type Person, vendorOf } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Caller } from "./caller.ts";

/**
 * Before every act of a person on anything but what is their own, inside of the change that it makes: throws `denied` for a
 * caller who is locked in person at the site whose thing it is (null: wherever they belong). What they still may: read, sign out, withdraw an own request, end an own session. Asking and
 * opening sessions meet the same lock on the ladder. As whoever locks is not locked themselves, there is always somebody left who
 * can lift; the host of the authority, which no lock stops, can as well.
 */
export async function requireNotLocked(db: Db, caller: Caller, site: Id<"site"> | null): Promise<void> {
  if (caller.kind === "host") return;
  const scope = site === null ? caller.scope : caller.scope.at(site);
  if ((await lockedTargets(db, scope, "person")).has(caller.person.id))
    throw new GenkanError("denied", undefined, { reasons: ["locked"] });
}

/**
 * Before a key or a sign-in goes from one workstation to another, inside of the change that moves it: throws `denied` if
 * either is locked, whoever locked it. A key that left would open again from the other; one that joined would be counted as
 * that computer's once the lock is lifted. Null is none.
 */
export async function requireWorkstationsNotLocked(
  db: Db,
  ...workstations: (Id<"workstation"> | null)[]
): Promise<void> {
  const locked = await lockedTargets(db, Scope.system(), "workstation");
  if (workstations.some((id) => id !== null && locked.has(id)))
    throw new GenkanError("denied", undefined, { reasons: ["locked"] });
}

/** Kinds of the locks in force that cover somebody who is signed in: set where they belong, or, for a vendor's people, anywhere. */
export async function locksOn(db: Db, person: Person, workstation: Id<"workstation"> | null): Promise<LockKind[]> {
  const vendor = vendorOf(person)?.id ?? null;
  const anywhere = vendor !== null || person.memberships.some(isOfInstallation);
  const targets = { person: person.id, workstation, vendor, everything: null } as const;
  const inForce = (await locksInForce(db)).filter(
    ({ site }) => site === null || anywhere || person.memberships.some((one) => one.site?.id === site),
  );
  return (["person", "workstation", "vendor", "everything"] as const).filter((kind) =>
    inForce.some(
      (lock) => lock.kind === kind && lock.target === targets[kind] && (kind === "everything" || lock.target !== null),
    ),
  );
}
