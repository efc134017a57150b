import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Place } from "../store/membership.ts";
import { findPerson, findPersonByLogin, type Person } from "../store/person.ts";
import type { Scope } from "../store/scope.ts";
import type { Change } from "../store/store.ts";
import type { Caller } from "./caller.ts";

/** Whom an act is about: by login on the host, by id on a page. */
export type Whom = string | { readonly id: Id<"person"> };

/**
 * Somebody whom the caller administers, with all their memberships, also those that have ended. Throws `not-found` for somebody who
 * never belonged to what is the caller's, as for nobody.
 */
export async function personOf({ db }: Pick<Change, "db">, whom: Whom, by: Caller): Promise<Person> {
  const scope = by.scope;
  const person =
    typeof whom === "string"
      ? await findPersonByLogin(db, scope, whom, null)
      : await findPerson(db, scope, whom.id, null);
  const mine = person && (scope.unbounded || person.memberships.some((one) => covers(scope, placeOfMembership(one))));
  if (!mine) throw new GenkanError("not-found", typeof whom === "string" ? `Nobody signs in as ${whom}.` : undefined);
  return person;
}

/** Whether a place is the caller's: any, where they run the installation. */
export function covers(scope: Scope, { site, vendor }: Place): boolean {
  if (scope.unbounded) return true;
  return site === null ? vendor !== null && scope.vendor === vendor : scope.sites?.includes(site) === true;
}

const placeOfMembership = ({ site, vendor }: Person["memberships"][number]) =>
  ({ site: site?.id ?? null, vendor: vendor?.id ?? null }) as Place;

/**
 * Before what reaches a person everywhere: throws `denied` for the caller themselves, whom somebody else administers, and for
 * somebody who belongs to others' places too.
 */
export function requireWhole(by: Caller, person: Person, at: Date): void {
  if (by.kind === "host") return;
  if (by.person.id === person.id)
    throw new GenkanError("denied", "Nobody does this to themselves: another administrator does.");
  const now = at.toISOString();
  const inForce = person.memberships.filter(({ until }) => until === null || until > now);
  if (!inForce.every((one) => covers(by.scope, placeOfMembership(one))))
    throw new GenkanError("denied", "They belong elsewhere too: whoever administers the installation does this.");
}
