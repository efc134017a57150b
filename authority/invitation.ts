import { newId } from "../crypto/random.ts";
import type { Invitation, OneTimeLink } from "../protocol/api/account.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Role } from "../protocol/person.ts";
import type { Db } from "../store/database.ts";
import { type Place, putMembership } from "../store/membership.ts";
import { findPerson, findPersonByLogin, insertPerson, type Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Change, Store } from "../store/store.ts";
import { findVendor } from "../store/vendor.ts";
import { covers, personOf, requireWhole, type Whom } from "./administered.ts";
import { isEnrolled } from "./authenticator.ts";
import { actorOf, type Caller, host } from "./caller.ts";
import type { Context } from "./context.ts";
import { installation, placeOf, requireRoles } from "./membership.ts";
import { requireNotLocked } from "./not-locked.ts";
import { belongsNowhere, giveLink } from "./one-time-link.ts";
import { requireName } from "./required-name.ts";
import { faceOf } from "./sign-in.ts";

type Within = Pick<Context, "store" | "hosts">;

/**
 * Somebody new at a place of the caller's, with the link by which they enrol: a site's administrator invites for the site, a vendor
 * administrator for the vendor, whoever administers the installation or has its host for any. Throws `not-found` for a place that is not the
 * caller's, `bad-request` for a name or roles that can't be, and `state-conflict` where the login is somebody's.
 */
export async function invite(c: Within, said: Invitation, at: Date, by: Caller): Promise<OneTimeLink> {
  const place = { site: said.site, vendor: said.vendor } as Place;
  if (said.site !== null && said.vendor !== null)
    throw new GenkanError("bad-request", "A person belongs to a site or to a vendor.");
  if (!covers(by.scope, place)) throw new GenkanError("not-found");
  const until = said.until === null ? null : new Date(said.until);
  return c.store.change(async (change) => {
    await requireNotLocked(change.db, by, place.site);
    await requireMail(change.db, by, said.login);
    const id = await keepPerson(change, { ...said, place, until }, at, by);
    const person = await findPerson(change.db, Scope.system(), id, at);
    const face = person && faceOf(person);
    if (!person || !face) throw new GenkanError("bad-request", "Who is invited belongs there for some time.");
    const link = await giveLink(change, c.hosts, { person, face }, at, by);
    change.touch("register");
    return link;
  });
}

/** A vendor invites at the mail domains alone that the hospital knows of it. Throws `bad-request`. */
async function requireMail(db: Db, { scope }: Caller, login: string): Promise<void> {
  if (scope.vendor === null) return;
  const domains = (await findVendor(db, scope, scope.vendor))?.mailDomains ?? [];
  const [, domain] = /^[^@\s]+@([^@\s]+)$/.exec(login) ?? [];
  if (domain === undefined || !domains.includes(domain.toLowerCase()))
    throw new GenkanError(
      "bad-request",
      `The login is a mail address at ${domains.join(" / ") || "a domain that the hospital registers first"}.`,
    );
}

/** Another link for somebody who has not enrolled: the one before is worth nothing. Throws `not-found`, `state-conflict`. */
export async function inviteAgain(c: Within, whom: Whom, at: Date, by: Caller): Promise<OneTimeLink> {
  return c.store.change(async (change) => {
    await requireNotLocked(change.db, by, null);
    const { id, login } = await personOf(change, whom, by);
    if (await isEnrolled(change.db, id, at)) throw new GenkanError("state-conflict", `${login} has enrolled already.`);
    const person = (await findPerson(change.db, Scope.system(), id, at)) as Person;
    requireWhole(by, person, at);
    const face = faceOf(person);
    if (face === null) throw belongsNowhere(login);
    const link = await giveLink(change, c.hosts, { person, face }, at, by);
    change.touch("register");
    return link;
  });
}

/** A person with their first membership, who has no link yet; as whoever has the authority's host adds one. */
export async function addPerson(
  store: Store,
  row: { name: string; login: string; roles: readonly Role[] } & (
    | { site: Id<"site"> | null; vendor: Id<"vendor"> | null }
    | { installation: true }
  ),
  at: Date,
): Promise<Id<"person">> {
  const place = "installation" in row ? installation : placeOf(row);
  return store.change((change) => keepPerson(change, { ...row, place, until: null }, at, host));
}

/** A row for somebody new and their first membership. Throws `bad-request`, and `state-conflict` where the login is somebody's. */
export async function keepPerson(
  change: Change,
  said: { name: string; login: string; place: Place; roles: readonly Role[]; until: Date | null },
  at: Date,
  by: Caller,
): Promise<Id<"person">> {
  const { name, login, place, roles, until } = said;
  requireRoles(place, roles);
  requireName("person's name", name);
  requireName("login", login);
  if (await findPersonByLogin(change.db, Scope.system(), login, null))
    throw new GenkanError("state-conflict", `Somebody is known as ${login} already.`);
  const id = newId("person");
  await insertPerson(change.db, { id, name, login, at, by: by.kind === "person" ? by.person.id : null });
  await putMembership(change.db, id, place, { roles, until });
  await change.audit({
    at,
    action: "person.add",
    outcome: "done",
    actor: actorOf(by),
    ...place,
    subjects: { person: id },
    facts: { login, roles, until: until?.toISOString() ?? null },
  });
  return id;
}
