import type { Hash } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";

export async function insertEnrolment(
  db: Db,
  row: { codeHash: Hash; person: Id<"person">; at: Date; expiresAt: Date; by?: Id<"person"> | null; reason?: string },
): Promise<void> {
  await db
    .insertInto("enrolment")
    .values({
      code_hash: row.codeHash,
      person: row.person,
      created_at: row.at.toISOString(),
      expires_at: row.expiresAt.toISOString(),
      used_at: null,
      given_by: row.by ?? null,
      reason: row.reason ?? null,
    })
    .execute();
}

/** Of the last link in place of what a person had lost: by whom it was given, and why. */
export async function findRecovery(
  db: Db,
  person: Id<"person">,
): Promise<{ at: string; by: { id: Id<"person">; name: string } | null; reason: string } | null> {
  const row = await db
    .selectFrom("enrolment")
    .leftJoin("person as giver", "giver.id", "enrolment.given_by")
    .where("enrolment.person", "=", person)
    .where("enrolment.reason", "is not", null)
    .select(["enrolment.created_at", "enrolment.reason", "giver.id", "giver.name"])
    .orderBy("enrolment.created_at", "desc")
    .executeTakeFirst();
  if (!row || row.reason === null) return null;
  const { created_at, reason, id, name } = row;
  return { at: created_at, by: id === null || name === null ? null : { id, name }, reason };
}

/** Makes every link that a person was given worth nothing. */
export async function endEnrolments(db: Db, person: Id<"person">, at: Date): Promise<void> {
  await db
    .updateTable("enrolment")
    .set({ used_at: at.toISOString() })
    .where("person", "=", person)
    .where("used_at", "is", null)
    .execute();
}

/** Whose link it is, if it is good still; of one in place of what was lost, by whom it was given and why. */
export async function findEnrolment(
  db: Db,
  codeHash: Hash,
  now: Date,
): Promise<{ person: Id<"person">; by: string | null; reason: string | null } | null> {
  const row = await db
    .selectFrom("enrolment")
    .leftJoin("person as giver", "giver.id", "enrolment.given_by")
    .select(["enrolment.person", "enrolment.reason", "giver.name as by"])
    .where("code_hash", "=", codeHash)
    .where("enrolment.used_at", "is", null)
    .where("enrolment.expires_at", ">", now.toISOString())
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Spends a link, and with it every other that its person was given: a link that lies about must not add an authenticator
 * to somebody who has one. False when it is unknown, used or expired.
 */
export async function useEnrolment(db: Db, codeHash: Hash, now: Date): Promise<boolean> {
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
  await endEnrolments(db, row.person, now);
  return true;
}
