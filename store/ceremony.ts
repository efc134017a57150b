import type { Insertable, Selectable } from "kysely";
import { newId } from "../crypto/random.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export type Ceremony = Selectable<Schema["ceremony"]>;

/** Begins a ceremony, and forgets those whose time is over: anybody may begin one, so none may stay. */
export async function insertCeremony(
  db: Db,
  _scope: Scope,
  { now, ...row }: Omit<Insertable<Schema["ceremony"]>, "id" | "used_at" | "expires_at"> & { now: Date },
): Promise<string> {
  await db.deleteFrom("ceremony").where("expires_at", "<=", now.toISOString()).execute();
  const id = newId("ceremony");
  await db
    .insertInto("ceremony")
    .values({ id, used_at: null, expires_at: new Date(now.getTime() + limits.ceremonyMs).toISOString(), ...row })
    .execute();
  return id;
}

/**
 * Takes a ceremony, once, and only for what it was begun for: kind, face and what it is bound to (A1). WebAuthn itself
 * accepts a replayed assertion; this is what makes it single use.
 */
export async function useCeremony(
  db: Db,
  _scope: Scope,
  id: string,
  of: { kind: Ceremony["kind"]; face: Ceremony["face"]; boundTo: string | null; now: Date },
): Promise<Ceremony | null> {
  const row = await db
    .updateTable("ceremony")
    .set({ used_at: of.now.toISOString() })
    .where("id", "=", id)
    .where("kind", "=", of.kind)
    .where("face", "=", of.face)
    .where("used_at", "is", null)
    .where("expires_at", ">", of.now.toISOString())
    .where((eb) => (of.boundTo === null ? eb("bound_to", "is", null) : eb("bound_to", "=", of.boundTo)))
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}
