import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { isOfInstallation, rolesOf } from "../protocol/membership.ts";
import type { Role } from "../protocol/person.ts";
import { type Place, putMembership } from "../store/membership.ts";
import type { Person } from "../store/person.ts";
import type { Change, Store } from "../store/store.ts";
import { covers, personOf, type Whom } from "./administered.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { proposeTrust } from "./trust.ts";

/** Of whoever runs the installation: it counts at each of its sites. */
export const installation: Place = { site: null, vendor: null };

/** A site or a vendor, and not both: nobody who is a technician approves at a site. Throws `bad-request`. */
export function placeOf({ site, vendor }: { site: Id<"site"> | null; vendor: Id<"vendor"> | null }): Place {
  if (site !== null && vendor === null) return { site, vendor };
  if (site === null && vendor !== null) return { site, vendor };
  throw new GenkanError("bad-request", "A person belongs to a site or to a vendor.");
}

/** A place of a person, the installation if both are null; null for the only one at which they are. */
export type PlaceAsked = { site: Id<"site"> | null; vendor: Id<"vendor"> | null } | null;

/**
 * Gives a person these roles at a place, and takes all others that they held there; until an instant, or without end. What somebody
 * approved in a role that they no longer hold counts no longer: live sessions are decided again, and the site's list of
 * approvers follows. Throws `not-found`, and `bad-request` for staff of a site at a vendor or the other way round, for a second
 * vendor, and when a place must be named.
 */
export async function putMember(store: Store, of: MemberSaid, at: Date, by: Caller): Promise<Id<"person">> {
  return store.urgent((change) => putMemberWithin(change, of, at, by));
}

interface MemberSaid {
  readonly login: Whom;
  readonly place: PlaceAsked;
  readonly roles: readonly Role[];
  readonly until?: Date | null;
}

/** The same within a change that changes more than one; it is an urgent one. */
export async function putMemberWithin(change: Change, of: MemberSaid, at: Date, by: Caller): Promise<Id<"person">> {
  const person = await personOf(change, of.login, by);
  const place = placeAsked(person, of.place);
  await requireMine(change, by, person, place);
  const held = memberAt(person, place);
  requireOneKind(person, place, at);
  requireRoles(place, of.roles);
  const until = of.until === undefined ? instantOf(held?.until ?? null) : of.until;
  await keep(change, person, place, { roles: of.roles, until });
  await change.audit({
    at,
    action: "person.roles",
    outcome: "done",
    actor: actorOf(by),
    ...place,
    subjects: { person: person.id },
    facts: { roles: of.roles, before: held?.roles ?? [], until: until?.toISOString() ?? null },
  });
  if (place.site !== null) await proposeTrust(change, place.site, at);
  return person.id;
}

/**
 * A person leaves a place at an instant: from then on they are nobody there. Throws `not-found`, and `bad-request` when a place
 * must be named.
 */
export async function endMember(
  store: Store,
  of: { login: Whom; place: PlaceAsked; until: Date },
  at: Date,
  by: Caller,
): Promise<Id<"person">> {
  return store.urgent(async (change) => {
    const person = await personOf(change, of.login, by);
    const place = placeAsked(person, of.place);
    await requireMine(change, by, person, place);
    const held = memberAt(person, place);
    if (!held) throw new GenkanError("not-found", `${person.login} does not belong there.`);
    await keep(change, person, place, { roles: held.roles, until: of.until });
    await change.audit({
      at,
      action: "person.leave",
      outcome: "done",
      actor: actorOf(by),
      ...place,
      subjects: { person: person.id },
      facts: { until: of.until.toISOString() },
    });
    if (place.site !== null) await proposeTrust(change, place.site, at);
    return person.id;
  });
}

async function keep(
  change: Change,
  person: Person,
  place: Place,
  to: { roles: readonly Role[]; until: Date | null },
): Promise<void> {
  await putMembership(change.db, person.id, place, to);
  change.touch("me", "requests", "grants", "register");
}

/** Throws `not-found` for a place that is not the caller's, and `denied` for what is of the caller themselves. */
async function requireMine(change: Change, by: Caller, person: Person, place: Place): Promise<void> {
  if (by.kind === "host") return;
  await requireNotLocked(change.db, by, place.site);
  if (!covers(by.scope, place)) throw new GenkanError("not-found");
  if (by.person.id === person.id)
    throw new GenkanError("denied", "Nobody does this to themselves: another administrator does.");
}

const instantOf = (text: string | null) => (text === null ? null : new Date(text));

const memberAt = ({ memberships }: Person, place: Place) =>
  memberships.find(({ site, vendor }) => (site?.id ?? null) === place.site && (vendor?.id ?? null) === place.vendor);

function placeAsked({ login, memberships }: Person, asked: PlaceAsked): Place {
  if (asked !== null) return asked.site === null && asked.vendor === null ? installation : placeOf(asked);
  const [only, another] = memberships;
  if (!only || another)
    throw new GenkanError("bad-request", `${login} belongs to several places: name the site or the vendor.`);
  return isOfInstallation(only)
    ? installation
    : placeOf({ site: only.site?.id ?? null, vendor: only.vendor?.id ?? null });
}

/**
 * Once a hospital's, never a vendor's: such a person gets another account, so that no approval is ever read as one's own. A vendor at a
 * time.
 */
function requireOneKind({ login, memberships }: Person, place: Place, at: Date): void {
  if (memberships.some(({ vendor }) => (vendor === null) !== (place.vendor === null)))
    throw new GenkanError("bad-request", `${login} can't be of a hospital and of a vendor: add another person.`);
  const now = at.toISOString();
  const elsewhere = memberships.some(
    ({ vendor, until }) => vendor !== null && vendor.id !== place.vendor && (until === null || until > now),
  );
  if (elsewhere) throw new GenkanError("bad-request", `${login} is of another vendor, and must leave it first.`);
}

/**
 * Who runs the installation approves and cuts nothing for it: that is for each hospital's own people. Nobody of a company is any of
 * these, and nobody of a hospital asks. Throws `bad-request`.
 */
export function requireRoles(place: Place, roles: readonly Role[]): void {
  const known = rolesOf(place);
  if (!roles.every((role) => known.includes(role)))
    throw new GenkanError("bad-request", `There somebody is ${known.join(" or ")}.`);
}
