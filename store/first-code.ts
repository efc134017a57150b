import type { Hash } from "../protocol/brand.ts";
import type { Db } from "./database.ts";
import { parseRoles } from "./membership.ts";

/** The newest code for the first administrator; those before it are good no longer. */
export async function putFirstCode(db: Db, row: { codeHash: Hash; expiresAt: Date }): Promise<void> {
  await db.deleteFrom("first_code").execute();
  await db
    .insertInto("first_code")
    .values({ code_hash: row.codeHash, expires_at: row.expiresAt.toISOString() })
    .execute();
}

/** Spends the code. False when it is unknown, used or expired. */
export async function useFirstCode(db: Db, codeHash: Hash, now: Date): Promise<boolean> {
  const result = await db
    .deleteFrom("first_code")
    .where("code_hash", "=", codeHash)
    .where("expires_at", ">", now.toISOString())
    .executeTakeFirst();
  return result.numDeletedRows === 1n;
}

/**
 * Whether somebody who is active administers the installation at this instant, with an authenticator in force: only while nobody
 * does may a code from the host's console make the first one.
 */
export async function hasAdministrator(db: Db, at: Date): Promise<boolean> {
  const now = at.toISOString();
  const rows = await db
    .selectFrom("membership")
    .innerJoin("person", "person.id", "membership.person")
    .innerJoin("authenticator", "authenticator.person", "person.id")
    .where("membership.site", "is", null)
    .where("membership.vendor", "is", null)
    .where((eb) => eb.or([eb("membership.until", "is", null), eb("membership.until", ">", now)]))
    .where("person.active", "=", 1)
    .where("authenticator.expires_at", ">", now)
    .select("membership.roles")
    .execute();
  return rows.some(({ roles }) => parseRoles(roles).includes("administrator"));
}

/** Whether a code for the first administrator is good at this instant. */
export async function hasFirstCode(db: Db, at: Date): Promise<boolean> {
  const row = await db
    .selectFrom("first_code")
    .select("code_hash")
    .where("expires_at", ">", at.toISOString())
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether anybody of a hospital, or of the installation, could sign in at this instant. */
export async function hasEnrolledStaff(db: Db, at: Date): Promise<boolean> {
  const now = at.toISOString();
  const row = await db
    .selectFrom("membership")
    .innerJoin("person", "person.id", "membership.person")
    .innerJoin("authenticator", "authenticator.person", "person.id")
    .where("membership.vendor", "is", null)
    .where("person.active", "=", 1)
    .where("authenticator.expires_at", ">", now)
    .select("person.id")
    .executeTakeFirst();
  return row !== undefined;
}
