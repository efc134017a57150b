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
  row: Omit<Insertable<Schema["authenticator"]>, "id">,
): Promise<Id<"authenticator">> {
  const id = newId("authenticator");
  await db
    .insertInto("authenticator")
    .values({ id, ...row })
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

export async function insertEnrolment(
  db: Db,
  row: { codeHash: string; person: Id<"person">; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto("enrolment")
    .values({ code_hash: row.codeHash, person: row.person, expires_at: row.expiresAt.toISOString(), used_at: null })
    .execute();
}

export async function findEnrolment(db: Db, codeHash: string, now: Date): Promise<Id<"person"> | null> {
  const row = await db
    .selectFrom("enrolment")
    .select("person")
    .where("code_hash", "=", codeHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now.toISOString())
    .executeTakeFirst();
  return row?.person ?? null;
}

/**
 * Spends a link, and with it every other that its person was given: a link that lies about must not add an authenticator
 * to somebody who has one. False when it is unknown, used or expired.
 */
export async function useEnrolment(db: Db, codeHash: string, now: Date): Promise<boolean> {
  const used_at = now.toISOString();
  const row = await db
    .updateTable("enrolment")
    .set({ used_at })
    .where("code_hash", "=", codeHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", used_at)
    .returning("person")
    .executeTakeFirst();
  if (!row) return false;
  await db
    .updateTable("enrolment")
    .set({ used_at })
    .where("person", "=", row.person)
    .where("used_at", "is", null)
    .execute();
  return true;
}
