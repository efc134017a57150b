import { hostActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { refuseDeviceCodes } from "../store/device-code.ts";
import { findPersonByLogin, type Person, placesOf, setPersonActive } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { endSignIns } from "../store/sign-in.ts";
import type { Change, Store } from "../store/store.ts";
import { proposeTrust } from "./trust.ts";

/**
 * Disables a person on the authority's host, or enables them again. Whoever is disabled is signed out everywhere; their
 * sessions, and those that stand on their approval, end with the next round of leases; the lists of approvers of their sites follow.
 * Enabled, they sign in again with what they have. Throws `not-found`.
 */
export async function setPersonOn(store: Store, login: string, active: boolean, at: Date): Promise<Id<"person">> {
  return store.urgent(async (change) => {
    const person = await personOf(change, login);
    if (person.active === active) return person.id;
    await setPersonActive(change.db, person.id, active);
    if (!active) await signOutEverywhere(change, person.id, at);
    for (const { site } of placesOf(person)) if (site !== null) await proposeTrust(change, site, at);
    for (const place of placesOf(person))
      await change.audit({
        at,
        action: active ? "person.enable" : "person.disable",
        outcome: "done",
        actor: hostActor,
        ...place,
        subjects: { person: person.id },
      });
    change.touch("me", "requests", "grants");
    return person.id;
  });
}

/** With all their memberships, also those that have ended. Throws `not-found`. */
export async function personOf(change: Pick<Change, "db">, login: string): Promise<Person> {
  const person = await findPersonByLogin(change.db, Scope.system(), login, null);
  if (!person) throw new GenkanError("not-found", `Nobody signs in as ${login}.`);
  return person;
}

/** Ends what a person has signed in to, also at a terminal that has not fetched its token yet. */
export async function signOutEverywhere({ db }: Change, person: Id<"person">, at: Date): Promise<void> {
  await endSignIns(db, person, at);
  await refuseDeviceCodes(db, person);
}
