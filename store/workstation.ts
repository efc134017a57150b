import { newId } from "../crypto/random.ts";
import type { WorkstationView } from "../protocol/api/workstation.ts";
import type { Thumbprint } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { PublicJwk, WorkstationKeyKind } from "../protocol/workstation.ts";
import type { Db } from "./database.ts";
import { lockedTargets } from "./lock.ts";
import { peopleOf } from "./person.ts";
import type { Scope } from "./scope.ts";

export interface Workstation {
  readonly id: Id<"workstation">;
  readonly label: string;
  readonly person: Id<"person">;
  /** Oldest first. */
  readonly thumbprints: Thumbprint[];
}

export async function findWorkstation(db: Db, scope: Scope, id: Id<"workstation">): Promise<Workstation | null> {
  const row = await db
    .selectFrom("workstation")
    .innerJoin("person", "person.id", "workstation.person")
    .selectAll("workstation")
    .where("workstation.id", "=", id)
    .where(peopleOf(scope))
    .executeTakeFirst();
  if (!row) return null;
  const keys = await db
    .selectFrom("workstation_key")
    .select("thumbprint")
    .where("workstation", "=", id)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
  return { id: row.id, label: row.label, person: row.person, thumbprints: keys.map(({ thumbprint }) => thumbprint) };
}

/** Keys of a workstation with what pages show of them, the oldest first. */
export async function listWorkstationKeys(
  db: Db,
  scope: Scope,
  id: Id<"workstation">,
): Promise<{ thumbprint: Thumbprint; kind: WorkstationKeyKind; since: string }[]> {
  return db
    .selectFrom("workstation_key")
    .innerJoin("workstation", "workstation.id", "workstation_key.workstation")
    .innerJoin("person", "person.id", "workstation.person")
    .select(["workstation_key.thumbprint", "workstation_key.kind", "workstation_key.created_at as since"])
    .where("workstation_key.workstation", "=", id)
    .where(peopleOf(scope))
    .orderBy("workstation_key.created_at")
    .execute();
}

/** The workstation that holds a key, whoever's it is: the caller compares the person. */
export async function findWorkstationByKey(db: Db, scope: Scope, thumbprint: Thumbprint): Promise<Workstation | null> {
  const row = await db
    .selectFrom("workstation_key")
    .select("workstation")
    .where("thumbprint", "=", thumbprint)
    .executeTakeFirst();
  return row ? findWorkstation(db, scope, row.workstation) : null;
}

/** What one person's workstations are called, since when each is known, and which are theirs no more: a new one is held against them. */
export async function listLabels(
  db: Db,
  scope: Scope,
  person: Id<"person">,
): Promise<{ id: Id<"workstation">; label: string; since: string; removedAt: string | null }[]> {
  return db
    .selectFrom("workstation")
    .innerJoin("person", "person.id", "workstation.person")
    .select(["workstation.id", "workstation.label", "workstation.created_at as since"])
    .select("workstation.removed_at as removedAt")
    .where("workstation.person", "=", person)
    .where(peopleOf(scope))
    .execute();
}

export async function insertWorkstation(
  db: Db,
  row: { person: Id<"person">; label: string; at: Date },
): Promise<Id<"workstation">> {
  const id = newId("workstation");
  await db
    .insertInto("workstation")
    .values({ id, person: row.person, label: row.label, created_at: row.at.toISOString(), removed_at: null })
    .execute();
  return id;
}

/** When each computer of a scope was last signed in on: one person's, or everybody's. */
export async function listWorkstationUses(
  db: Db,
  scope: Scope,
  person: Id<"person"> | null,
): Promise<Map<Id<"workstation">, string>> {
  const rows = await db
    .selectFrom("sign_in")
    .innerJoin("person", "person.id", "sign_in.person")
    .where("sign_in.workstation", "is not", null)
    .where(peopleOf(scope))
    .$if(person !== null, (query) => query.where("sign_in.person", "=", person))
    .select(({ fn }) => ["sign_in.workstation", fn.max("sign_in.used_at").as("at")])
    .groupBy("sign_in.workstation")
    .execute();
  return new Map(rows.flatMap(({ workstation, at }) => (workstation === null ? [] : [[workstation, at]])));
}

/** Says what its person calls it. */
export async function nameWorkstation(db: Db, id: Id<"workstation">, label: string): Promise<void> {
  await db.updateTable("workstation").set({ label }).where("id", "=", id).execute();
}

/** Takes away its keys, so that nothing is asked, proven or opened from it any more; what was asked from it is still shown with it. */
export async function removeWorkstation(db: Db, id: Id<"workstation">, at: Date): Promise<void> {
  await db.deleteFrom("workstation_key").where("workstation", "=", id).execute();
  await db.updateTable("workstation").set({ removed_at: at.toISOString() }).where("id", "=", id).execute();
}

export async function insertWorkstationKey(
  db: Db,
  row: { workstation: Id<"workstation">; kind: WorkstationKeyKind; thumbprint: Thumbprint; jwk: PublicJwk; at: Date },
): Promise<void> {
  await db
    .insertInto("workstation_key")
    .values({
      id: newId("workstationKey"),
      workstation: row.workstation,
      kind: row.kind,
      thumbprint: row.thumbprint,
      jwk: JSON.stringify(row.jwk),
      created_at: row.at.toISOString(),
    })
    .execute();
}

/** Adds a key, or moves one that its holder brings to another workstation of theirs. */
export async function joinWorkstation(db: Db, row: Parameters<typeof insertWorkstationKey>[1]): Promise<void> {
  const moved = await db
    .updateTable("workstation_key")
    .set({ workstation: row.workstation })
    .where("thumbprint", "=", row.thumbprint)
    .executeTakeFirst();
  if (moved.numUpdatedRows === 0n) await insertWorkstationKey(db, row);
}

export async function listWorkstations(db: Db, scope: Scope): Promise<WorkstationView[]> {
  const rows = await db
    .selectFrom("workstation")
    .innerJoin("person", "person.id", "workstation.person")
    .where(peopleOf(scope))
    .where("workstation.removed_at", "is", null)
    .select(["workstation.id", "workstation.label", "workstation.created_at", "person.id as person_id", "person.name"])
    .orderBy("workstation.created_at", "desc")
    .execute();
  const keys = Map.groupBy(await db.selectFrom("workstation_key").selectAll().execute(), (key) => key.workstation);
  const locked = await lockedTargets(db, scope, "workstation");
  const used = await listWorkstationUses(db, scope, null);
  return rows.map((row) => ({
    id: row.id,
    label: row.label,
    person: { id: row.person_id, name: row.name },
    keys: (keys.get(row.id) ?? []).map(({ id, kind, thumbprint, created_at }) => ({
      id,
      kind,
      thumbprint,
      since: created_at,
    })),
    createdAt: row.created_at,
    lastUsedAt: used.get(row.id) ?? null,
    locked: locked.has(row.id),
  }));
}
