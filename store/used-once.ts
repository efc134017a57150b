import type { Db } from "./database.ts";

/** False when the value was used before; values are forgotten after their expiry. */
export async function useOnce(db: Db, value: string, now: Date, expiresAt: Date): Promise<boolean> {
  await db.deleteFrom("used_once").where("expires_at", "<", now.toISOString()).execute();
  const result = await db
    .insertInto("used_once")
    .values({ value, expires_at: expiresAt.toISOString() })
    .onConflict((oc) => oc.column("value").doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}
