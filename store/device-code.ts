import type { Insertable, Selectable } from "kysely";
import type { Hash } from "../protocol/brand.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";

export type DeviceCode = Selectable<Schema["device_code"]>;

/** Keeps a code, and forgets those that expired a while ago: anybody may ask for one, so none may stay. */
export async function insertDeviceCode(db: Db, row: Insertable<Schema["device_code"]>): Promise<void> {
  const told = new Date(Date.parse(row.created_at) - limits.deviceCodeMs).toISOString();
  await db.deleteFrom("device_code").where("expires_at", "<=", told).execute();
  await db.insertInto("device_code").values(row).execute();
}

export async function findDeviceCode(db: Db, codeHash: Hash): Promise<DeviceCode | null> {
  return (await db.selectFrom("device_code").selectAll().where("code_hash", "=", codeHash).executeTakeFirst()) ?? null;
}

/** A pending code by what the person typed. */
export async function findDeviceCodeByUserCode(
  db: Db,
  userCode: string,
  face: DeviceCode["face"],
  now: Date,
): Promise<DeviceCode | null> {
  const row = await db
    .selectFrom("device_code")
    .selectAll()
    .where("user_code", "=", userCode)
    .where("face", "=", face)
    .where("state", "=", "pending")
    .where("expires_at", ">", now.toISOString())
    .executeTakeFirst();
  return row ?? null;
}

/** Moves a code from one state on; false when it is not in that state any more. */
export async function moveDeviceCode(
  db: Db,
  codeHash: Hash,
  from: DeviceCode["state"],
  to: Pick<DeviceCode, "state"> & Partial<Pick<DeviceCode, "person" | "factors" | "workstation">>,
): Promise<boolean> {
  const result = await db
    .updateTable("device_code")
    .set(to)
    .where("code_hash", "=", codeHash)
    .where("state", "=", from)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function pollDeviceCode(db: Db, codeHash: Hash, now: Date): Promise<void> {
  await db.updateTable("device_code").set({ polled_at: now.toISOString() }).where("code_hash", "=", codeHash).execute();
}

/** Refuses the codes that a person has confirmed, and for which no terminal has come yet. */
export async function refuseDeviceCodes(db: Db, person: Id<"person">): Promise<void> {
  await db
    .updateTable("device_code")
    .set({ state: "refused" })
    .where("person", "=", person)
    .where("state", "=", "confirmed")
    .execute();
}
