import type { Id } from "../protocol/make-id.ts";
import { refuseDeviceCodes } from "../store/device-code.ts";
import { endEnrolments } from "../store/enrolment.ts";
import { placesOf, setPersonActive } from "../store/person.ts";
import { endSignIns } from "../store/sign-in.ts";
import type { Change, Store } from "../store/store.ts";
import { personOf, requireWhole, type Whom } from "./administered.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { recordOf } from "./person-record.ts";
import { proposeTrust } from "./trust.ts";
import { removeAllWithin } from "./workstation-removal.ts";

/**
 * Disables a person, or enables them again. Whoever is disabled is signed out everywhere, their workstations are theirs no more, and a
 * link that they were given is worth nothing; their sessions, and those that stand on their approval, end with the next round of leases;
 * the lists of approvers of their sites follow. Enabled, they sign in again with what they have, on workstations that are new. Throws `not-found`, and `denied` for oneself and for somebody who
 * belongs to others' places too.
 */
export async function setPersonOn(
  store: Store,
  whom: Whom,
  active: boolean,
  at: Date,
  by: Caller,
): Promise<Id<"person">> {
  return store.urgent(async (change) => {
    await requireNotLocked(change.db, by, null);
    const person = await personOf(change, whom, by);
    requireWhole(by, person, at);
    if (person.active === active) return person.id;
    await setPersonActive(change.db, person.id, active);
    if (!active) {
      await signOutEverywhere(change, person.id, at);
      await endEnrolments(change.db, person.id, at);
      await removeAllWithin(change, person, { actor: actorOf(by), at });
    }
    for (const { site } of placesOf(person)) if (site !== null) await proposeTrust(change, site, at);
    await recordOf(change, person, {
      at,
      action: active ? "person.enable" : "person.disable",
      outcome: "done",
      actor: actorOf(by),
      subjects: { person: person.id },
    });
    change.touch("me", "requests", "grants", "register");
    return person.id;
  });
}

/** Ends what a person has signed in to, also at a terminal that has not fetched its token yet. */
export async function signOutEverywhere({ db }: Change, person: Id<"person">, at: Date): Promise<void> {
  await endSignIns(db, person, at);
  await refuseDeviceCodes(db, person);
}
