import type { Requirement, SigningRole } from "./approvers.ts";
import type { Id } from "./make-id.ts";

/** Somebody who signed, and the roles in which that counts. */
export interface Signer {
  readonly person: Id<"person">;
  readonly roles: readonly string[];
}

/** How far signatures reach: `filled` of all `places`, and the roles in which one more person would fill another. */
export interface Standing {
  readonly places: number;
  readonly filled: number;
  readonly wanted: readonly SigningRole[];
}

/**
 * Whether the signatures meet every requirement, where each person fills one place only. The authority, the pages and the
 * agent all ask this one function. No requirement at all is met by nobody.
 */
export function met(requirements: readonly Requirement[], by: readonly Signer[]): boolean {
  const { places, filled } = standing(requirements, by);
  return places > 0 && filled === places;
}

/** The same, counted: what is still missing. */
export function standing(requirements: readonly Requirement[], by: readonly Signer[]): Standing {
  const places = requirements.flatMap(({ roles, persons }) => Array.from({ length: persons }, () => roles));
  const signers = personsOf(by);
  const filled = mostFilled(places, signers);
  const named = [...new Set(requirements.flatMap(({ roles }) => roles))];
  const wanted = named.filter((role) => mostFilled(places, [...signers, new Set([role])]) > filled);
  return { places: places.length, filled, wanted };
}

/** A person who signed twice, perhaps with two keys, is one person with the roles of both. */
function personsOf(by: readonly Signer[]): ReadonlySet<string>[] {
  const roles = new Map<Id<"person">, Set<string>>();
  for (const signer of by) roles.set(signer.person, new Set([...(roles.get(signer.person) ?? []), ...signer.roles]));
  return [...roles.values()];
}

/**
 * As many places as these persons can fill at once: a maximum bipartite matching by augmenting paths. Giving each person the
 * first free place is not enough, for whoever holds two roles may be needed in the other one.
 */
function mostFilled(places: readonly (readonly string[])[], persons: readonly ReadonlySet<string>[]): number {
  const holder = new Map<number, number>();
  const place = (person: number, tried: Set<number>): boolean =>
    places.some((roles, index) => {
      if (tried.has(index) || !roles.some((role) => persons[person]?.has(role))) return false;
      tried.add(index);
      const other = holder.get(index);
      if (other !== undefined && !place(other, tried)) return false;
      holder.set(index, person);
      return true;
    });
  return persons.filter((_, person) => place(person, new Set())).length;
}
