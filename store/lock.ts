import { newId } from "../crypto/random.ts";
import type { LockView } from "../protocol/api/lock.ts";
import type { LockedKind, LockKind } from "../protocol/lock.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** Locks in force, for decisions: all of them, whoever set them. `site` is the one whose staff did. */
export async function locksInForce(
  db: Db,
): Promise<{ kind: LockKind; target: Id<LockedKind> | null; site: Id<"site"> | null }[]> {
  return db.selectFrom("lock").select(["kind", "target", "site"]).where("lifted_at", "is", null).execute();
}

export async function insertLock(
  db: Db,
  row: {
    kind: LockKind;
    target: Id<LockedKind> | null;
    site: Id<"site"> | null;
    name: string | null;
    reason: string;
    by: Id<"person">;
    at: Date;
  },
): Promise<Id<"lock">> {
  const id = newId("lock");
  await db
    .insertInto("lock")
    .values({
      id,
      kind: row.kind,
      target: row.target,
      site: row.site,
      name: row.name,
      reason: row.reason,
      created_at: row.at.toISOString(),
      created_by: row.by,
      lifted_at: null,
      lifted_by: null,
    })
    .execute();
  return id;
}

/** Of whoever set it; null where it was set for all of them. */
export async function siteOfLock(db: Db, id: Id<"lock">): Promise<Id<"site"> | null> {
  const lock = await db.selectFrom("lock").select("site").where("id", "=", id).executeTakeFirst();
  return lock?.site ?? null;
}

/** False when there is no such lock in force in this scope. `by` is null for the authority's host. */
export async function liftLock(
  db: Db,
  scope: Scope,
  id: Id<"lock">,
  by: Id<"person"> | null,
  at: Date,
): Promise<boolean> {
  const result = await db
    .updateTable("lock")
    .set({ lifted_at: at.toISOString(), lifted_by: by })
    .where("id", "=", id)
    .where("lifted_at", "is", null)
    .where(scope.rows({ site: "lock.site" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Who or what of this kind is locked: by the staff of a site of this scope, or for whoever belongs to no site by anybody's. */
export async function lockedTargets(db: Db, scope: Scope, kind: LockKind): Promise<Set<Id<LockedKind> | null>> {
  const locks = await locksInForce(db);
  const told = locks.filter((lock) => lock.kind === kind && (lock.site === null || scope.sees(lock.site)));
  return new Set(told.map(({ target }) => target));
}

/** All that are in force, and then the newest that were lifted, at most 200 of these. */
export async function listLocks(db: Db, scope: Scope): Promise<LockView[]> {
  const locks = db
    .selectFrom("lock")
    .innerJoin("person as maker", "maker.id", "lock.created_by")
    .leftJoin("person as lifter", "lifter.id", "lock.lifted_by")
    .leftJoin("site", "site.id", "lock.site")
    .where(scope.rows({ site: "lock.site" }))
    .selectAll("lock")
    .select(["maker.name as maker_name", "lifter.name as lifter_name", "site.name as site_name"])
    .orderBy("lock.created_at", "desc");
  const inForce = await locks.where("lock.lifted_at", "is", null).execute();
  const lifted = await locks.where("lock.lifted_at", "is not", null).limit(200).execute();
  return [...inForce, ...lifted].map((row) => ({
    id: row.id,
    kind: row.kind,
    target: row.target,
    name: row.name,
    site: row.site !== null && row.site_name !== null ? { id: row.site, name: row.site_name } : null,
    reason: row.reason,
    createdAt: row.created_at,
    createdBy: { id: row.created_by, name: row.maker_name },
    liftedAt: row.lifted_at,
    liftedBy: row.lifted_by !== null && row.lifter_name !== null ? { id: row.lifted_by, name: row.lifter_name } : null,
  }));
}
