import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { PersonView } from "../protocol/api/person.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import { lockedTargets } from "./lock.ts";
import { type Membership, membershipsOf, membershipView } from "./membership.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";
import { vendorsOf } from "./vendor.ts";

/** A person who is active, has no authenticator and belongs nowhere yet. */
export async function insertPerson(
  db: Db,
  row: Pick<Person, "id" | "name" | "login"> & { at: Date; by?: Id<"person"> | null },
): Promise<void> {
  const { at, by = null, ...columns } = row;
  await db
    .insertInto("person")
    .values({ ...columns, active: 1, created_at: at.toISOString(), invited_by: by })
    .execute();
}

/** A person with what decisions and pages need to know. */
export interface Person {
  readonly id: Id<"person">;
  readonly name: string;
  readonly login: string;
  readonly active: boolean;
  /** Of one vendor, or of sites; those that count at the instant for which the person was asked. */
  readonly memberships: readonly Membership[];
}

/** The company that a person works for; null for a hospital's staff. */
export const vendorOf = ({ memberships }: Pick<Person, "memberships">): Membership["vendor"] =>
  memberships.find(({ vendor }) => vendor !== null)?.vendor ?? null;

/** Somebody who belongs, or belonged, somewhere. */
export interface Placed {
  readonly memberships: readonly {
    readonly site: { readonly id: Id<"site"> } | null;
    readonly vendor: { readonly id: Id<"vendor"> } | null;
  }[];
}

/** Where a record about a person belongs: in the log of each place of theirs. */
export function placesOf({ memberships }: Placed): { site: Id<"site"> | null; vendor: Id<"vendor"> | null }[] {
  const places = memberships.map(({ site, vendor }) => ({ site: site?.id ?? null, vendor: vendor?.id ?? null }));
  return places.length > 0 ? places : [{ site: null, vendor: null }];
}

/** People who belong to a scope themselves, or did once: the vendor's or the sites' own. */
export function membersOf(scope: Scope): Expression<SqlBool> {
  if (scope.unbounded) return scope.rows({});
  const eb = expressionBuilder<Schema, "person">();
  const own = eb
    .selectFrom("membership")
    .select("membership.person")
    .where(scope.rows({ site: "membership.site", vendor: "membership.vendor", person: "membership.person" }));
  return eb("person.id", "in", own);
}

/** People whom a scope may see: those, and for sites people of vendors that maintain a device there. */
export function peopleOf(scope: Scope): Expression<SqlBool> {
  if (scope.sites === null) return membersOf(scope);
  const eb = expressionBuilder<Schema, "person">();
  const maintaining = eb
    .selectFrom("membership")
    .innerJoin("vendor", "vendor.id", "membership.vendor")
    .select("membership.person")
    .where(vendorsOf(scope));
  return eb.or([membersOf(scope), eb("person.id", "in", maintaining)]);
}

const people = (db: Db, scope: Scope) =>
  db.selectFrom("person").where(peopleOf(scope)).select(["person.id", "person.name", "person.login", "person.active"]);

/** `at`: when memberships must count; null for all of them, also those that have ended. */
export async function findPerson(db: Db, scope: Scope, id: Id<"person">, at: Date | null): Promise<Person | null> {
  return withMemberships(db, await people(db, scope).where("person.id", "=", id).executeTakeFirst(), at);
}

export async function findPersonByLogin(db: Db, scope: Scope, login: string, at: Date | null): Promise<Person | null> {
  return withMemberships(db, await people(db, scope).where("person.login", "=", login).executeTakeFirst(), at);
}

type Row = Awaited<ReturnType<ReturnType<typeof people>["execute"]>>[number];

async function withMemberships(db: Db, row: Row | undefined, at: Date | null): Promise<Person | null> {
  if (!row) return null;
  const { [0]: memberships = [] } = [...(await membershipsOf(db, [row.id], at)).values()];
  return { ...row, active: row.active === 1, memberships };
}

/** By name, each with those of their memberships that this scope may see. */
export async function listPeople(db: Db, scope: Scope): Promise<(PersonView & { login: string })[]> {
  const rows = await people(db, scope).orderBy("person.name").execute();
  const locked = await lockedTargets(db, scope, "person");
  const memberships = await membershipsOf(
    db,
    rows.map(({ id }) => id),
    null,
  );
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    login: row.login,
    memberships: (memberships.get(row.id) ?? [])
      .filter(({ site }) => site === null || scope.sees(site.id))
      .map(membershipView),
    active: row.active === 1,
    locked: locked.has(row.id),
  }));
}

export async function setPersonActive(db: Db, id: Id<"person">, active: boolean): Promise<void> {
  await db
    .updateTable("person")
    .set({ active: active ? 1 : 0 })
    .where("id", "=", id)
    .execute();
}
