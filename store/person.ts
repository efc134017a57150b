import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { PersonView } from "../protocol/api/person.ts";
import type { Id } from "../protocol/make-id.ts";
import { type Role } from "../protocol/person.ts";
import type { Db } from "./database.ts";
import { lockedTargets } from "./lock.ts";
import { parseRoles, type Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

/** A person who is active and has no authenticator yet. */
export async function insertPerson(
  db: Db,
  row: Pick<Person, "id" | "name" | "login"> & {
    roles: readonly Role[];
    site: Id<"site"> | null;
    vendor: Id<"vendor"> | null;
    at: Date;
  },
): Promise<void> {
  const { at, roles, ...columns } = row;
  await db
    .insertInto("person")
    .values({ ...columns, roles: JSON.stringify(roles), active: 1, created_at: at.toISOString() })
    .execute();
}

/** A person with what decisions and pages need to know. */
export interface Person {
  readonly id: Id<"person">;
  readonly name: string;
  readonly login: string;
  readonly roles: Role[];
  readonly active: boolean;
  readonly vendor: { id: Id<"vendor">; name: string; active: boolean } | null;
  readonly site: { id: Id<"site">; name: string; zone: string } | null;
}

/**
 * People whom a scope may see: of a vendor its own; of a site its own, and those of vendors that maintain a device there.
 */
export function peopleOf(scope: Scope): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, "person">();
  if (scope.site === null) return scope.rows({ vendor: "person.vendor", person: "person.id" });
  const vendors = eb.selectFrom("device").select("device.vendor").where("device.site", "=", scope.site);
  return eb.or([eb("person.site", "=", scope.site), eb("person.vendor", "in", vendors)]);
}

const people = (db: Db, scope: Scope) =>
  db
    .selectFrom("person")
    .leftJoin("vendor", "vendor.id", "person.vendor")
    .leftJoin("site", "site.id", "person.site")
    .where(peopleOf(scope))
    .select([
      "person.id",
      "person.name",
      "person.login",
      "person.roles",
      "person.active",
      "vendor.id as vendor_id",
      "vendor.name as vendor_name",
      "vendor.active as vendor_active",
      "site.id as site_id",
      "site.name as site_name",
      "site.zone as site_zone",
    ]);

type Row = Awaited<ReturnType<ReturnType<typeof people>["execute"]>>[number];

function toPerson(row: Row): Person {
  return {
    id: row.id,
    name: row.name,
    login: row.login,
    roles: parseRoles(row.roles),
    active: row.active === 1,
    vendor:
      row.vendor_id !== null && row.vendor_name !== null
        ? { id: row.vendor_id, name: row.vendor_name, active: row.vendor_active === 1 }
        : null,
    site:
      row.site_id !== null && row.site_name !== null && row.site_zone !== null
        ? { id: row.site_id, name: row.site_name, zone: row.site_zone }
        : null,
  };
}

export async function findPerson(db: Db, scope: Scope, id: Id<"person">): Promise<Person | null> {
  const row = await people(db, scope).where("person.id", "=", id).executeTakeFirst();
  return row ? toPerson(row) : null;
}

export async function findPersonByLogin(db: Db, scope: Scope, login: string): Promise<Person | null> {
  const row = await people(db, scope).where("person.login", "=", login).executeTakeFirst();
  return row ? toPerson(row) : null;
}

export async function listPeople(db: Db, scope: Scope): Promise<PersonView[]> {
  const rows = await people(db, scope).orderBy("person.name").execute();
  const locked = await lockedTargets(db, scope, "person");
  return rows.map(toPerson).map((person) => ({
    id: person.id,
    name: person.name,
    roles: person.roles,
    vendor: person.vendor && { id: person.vendor.id, name: person.vendor.name },
    site: person.site && { id: person.site.id, name: person.site.name },
    active: person.active,
    locked: locked.has(person.id),
  }));
}

export async function setRoles(db: Db, id: Id<"person">, roles: readonly Role[]): Promise<void> {
  await db
    .updateTable("person")
    .set({ roles: JSON.stringify(roles) })
    .where("id", "=", id)
    .execute();
}

export async function setPersonActive(db: Db, id: Id<"person">, active: boolean): Promise<void> {
  await db
    .updateTable("person")
    .set({ active: active ? 1 : 0 })
    .where("id", "=", id)
    .execute();
}
