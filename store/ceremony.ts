import type { Insertable, Selectable } from "kysely";
import { newId } from "../crypto/random.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";

export type Ceremony = Selectable<Schema["ceremony"]>;

/** Begins a ceremony, and forgets those whose time is over: anybody may begin one, so none may stay. */
export async function insertCeremony(
  db: Db,
  { now, ...row }: Omit<Insertable<Schema["ceremony"]>, "id" | "used_at" | "expires_at"> & { now: Date },
): Promise<Id<"ceremony">> {
  await db.deleteFrom("ceremony").where("expires_at", "<=", now.toISOString()).execute();
  const id = newId("ceremony");
  await db
    .insertInto("ceremony")
    .values({ id, used_at: null, expires_at: new Date(now.getTime() + limits.ceremonyMs).toISOString(), ...row })
    .execute();
  return id;
}

/** What a ceremony was begun for. */
interface Begun {
  readonly kind: Ceremony["kind"];
  readonly face: Ceremony["face"];
  readonly boundTo: string | null;
  readonly now: Date;
}

/** The ceremony of that id, if it was begun for that and its time is not over; takes nothing, so that a guess costs no writing. */
export async function findCeremony(db: Db, id: Id<"ceremony">, of: Begun): Promise<Ceremony | null> {
  const row = await db
    .selectFrom("ceremony")
    .selectAll()
    .where("id", "=", id)
    .where("kind", "=", of.kind)
    .where("face", "=", of.face)
    .where("expires_at", ">", of.now.toISOString())
    .where((eb) => (of.boundTo === null ? eb("bound_to", "is", null) : eb("bound_to", "=", of.boundTo)))
    .executeTakeFirst();
  return row ?? null;
}

/**
 * Takes a ceremony, once, and only for what it was begun for: kind, face and what it is bound to (A1). WebAuthn itself
 * accepts a replayed assertion; this is what makes it single use.
 */
export async function useCeremony(db: Db, id: Id<"ceremony">, of: Begun): Promise<Ceremony | null> {
  const ceremony = await findCeremony(db, id, of);
  if (!ceremony) return null;
  const taken = await db
    .updateTable("ceremony")
    .set({ used_at: of.now.toISOString() })
    .where("id", "=", id)
    .where("used_at", "is", null)
    .executeTakeFirst();
  return taken.numUpdatedRows === 1n ? ceremony : null;
}
