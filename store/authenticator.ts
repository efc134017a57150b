import type { Insertable, Selectable } from "kysely";
import { newId } from "../crypto/random.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import { parseRoles } from "./membership.ts";
import { membersOf } from "./person.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export type Authenticator = Selectable<Schema["authenticator"]>;

export async function insertAuthenticator(
  db: Db,
  row: Omit<Insertable<Schema["authenticator"]>, "id" | "aaguid" | "used_at"> & { aaguid?: string },
): Promise<Id<"authenticator">> {
  const id = newId("authenticator");
  await db
    .insertInto("authenticator")
    .values({ id, aaguid: null, used_at: null, ...row })
    .execute();
  return id;
}

const authenticators = (db: Db, scope: Scope) =>
  db
    .selectFrom("authenticator")
    .innerJoin("person", "person.id", "authenticator.person")
    .where(membersOf(scope))
    .selectAll("authenticator");

export async function findPasskey(db: Db, scope: Scope, credential: string): Promise<Authenticator | null> {
  return (await authenticators(db, scope).where("credential", "=", credential).executeTakeFirst()) ?? null;
}

/** The authenticator that expires last comes first: it has replaced those before. */
export async function listAuthenticators(db: Db, scope: Scope, person: Id<"person">): Promise<Authenticator[]> {
  return authenticators(db, scope)
    .where("person.id", "=", person)
    .orderBy("authenticator.expires_at", "desc")
    .orderBy("authenticator.id")
    .execute();
}

export async function useAuthenticator(db: Db, id: Id<"authenticator">, at: Date): Promise<void> {
  await db.updateTable("authenticator").set({ used_at: at.toISOString() }).where("id", "=", id).execute();
}

export async function nameAuthenticator(db: Db, id: Id<"authenticator">, label: string): Promise<void> {
  await db.updateTable("authenticator").set({ label }).where("id", "=", id).execute();
}

/** Passkeys that were made at an origin, by credential. */
export async function listPasskeysAt(db: Db, scope: Scope, origin: string): Promise<Authenticator[]> {
  return authenticators(db, scope)
    .where("kind", "=", "passkey")
    .where("authenticator.origin", "=", origin)
    .orderBy("authenticator.credential")
    .execute();
}

/** Its host is reached by another scheme or port. */
export async function moveAuthenticator(db: Db, id: Id<"authenticator">, origin: string): Promise<void> {
  await db.updateTable("authenticator").set({ origin }).where("id", "=", id).execute();
}

/** What was signed with it stays signed; the list of approvers says whether it counts. */
export async function removeAuthenticator(db: Db, id: Id<"authenticator">): Promise<void> {
  await db.deleteFrom("authenticator").where("id", "=", id).execute();
}

/** Passkeys of a site's staff at an instant, with the roles of each there: what its list of approvers is made of. */
export async function listStaffKeys(db: Db, scope: Scope, site: Id<"site">, at: Date) {
  const rows = await db
    .selectFrom("authenticator")
    .innerJoin("person", "person.id", "authenticator.person")
    .innerJoin("membership", "membership.person", "person.id")
    .where("membership.site", "=", site)
    .where(scope.rows({ site: "membership.site" }))
    .where((eb) => eb.or([eb("membership.until", "is", null), eb("membership.until", ">", at.toISOString())]))
    .where("person.active", "=", 1)
    .where("authenticator.kind", "=", "passkey")
    .select([
      "authenticator.credential",
      "authenticator.public_key",
      "authenticator.rp",
      "authenticator.origin",
      "authenticator.expires_at",
      "person.id as person",
      "person.name",
      "membership.roles",
    ])
    .orderBy("authenticator.created_at")
    .execute();
  return rows.map((row) => ({ ...row, roles: parseRoles(row.roles) }));
}

/** Takes a TOTP step into use; false when this step or a later one was used before (RFC 6238, section 5.2). */
export async function useTotpStep(db: Db, id: Id<"authenticator">, step: number): Promise<boolean> {
  const result = await db
    .updateTable("authenticator")
    .set({ totp_step: step })
    .where("id", "=", id)
    .where((eb) => eb.or([eb("totp_step", "is", null), eb("totp_step", "<", step)]))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}
