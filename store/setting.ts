import type { Db } from "./database.ts";

export async function readSetting(db: Db, key: string): Promise<string | null> {
  const row = await db.selectFrom("setting").select("value").where("key", "=", key).executeTakeFirst();
  return row?.value ?? null;
}

export async function writeSetting(db: Db, key: string, value: string): Promise<void> {
  await db
    .insertInto("setting")
    .values({ key, value })
    .onConflict((oc) => oc.column("key").doUpdateSet({ value }))
    .execute();
}

/** Writes a value unless there is one; returns the one that is there. Of two processes that begin at once, both get the same. */
export async function keepSetting(db: Db, key: string, value: string): Promise<string> {
  await db
    .insertInto("setting")
    .values({ key, value })
    .onConflict((oc) => oc.column("key").doNothing())
    .execute();
  return (await readSetting(db, key)) ?? value;
}

export async function dropSetting(db: Db, key: string): Promise<void> {
  await db.deleteFrom("setting").where("key", "=", key).execute();
}
