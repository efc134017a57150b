import { newId } from "../crypto/random.ts";
import type { ErasureView } from "../protocol/api/offboarding.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** A vendor is to confirm by a day what it has erased; `site` is null where that is anywhere. */
export async function insertErasure(
  db: Db,
  row: { vendor: Id<"vendor">; site: Id<"site"> | null; what: string; due: string; at: Date },
): Promise<Id<"erasure">> {
  const { at, ...columns } = row;
  const id = newId("erasure");
  await db
    .insertInto("erasure_task")
    .values({ id, ...columns, opened_at: at.toISOString(), confirmed_at: null, confirmed_by: null, reference: null })
    .execute();
  return id;
}

/** False when there is none in this scope that waits. */
export async function confirmErasure(
  db: Db,
  scope: Scope,
  id: Id<"erasure">,
  said: { by: Id<"person">; reference: string; at: Date },
): Promise<boolean> {
  const result = await db
    .updateTable("erasure_task")
    .set({ confirmed_at: said.at.toISOString(), confirmed_by: said.by, reference: said.reference })
    .where("id", "=", id)
    .where("confirmed_at", "is", null)
    .where(scope.rows({ site: "erasure_task.site" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Those of the sites of a scope, the newest first; what is of no site concerns the whole installation. */
export async function listErasures(db: Db, scope: Scope): Promise<(ErasureView & { vendor: Id<"vendor"> })[]> {
  const rows = await db
    .selectFrom("erasure_task")
    .leftJoin("site", "site.id", "erasure_task.site")
    .leftJoin("person", "person.id", "erasure_task.confirmed_by")
    .where(scope.rows({ site: "erasure_task.site" }))
    .selectAll("erasure_task")
    .select(["site.name as site_name", "person.name as person_name"])
    .orderBy("erasure_task.opened_at", "desc")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    vendor: row.vendor,
    site: row.site !== null && row.site_name !== null ? { id: row.site, name: row.site_name } : null,
    what: row.what,
    due: row.due,
    openedAt: row.opened_at,
    confirmedAt: row.confirmed_at,
    confirmedBy:
      row.confirmed_by !== null && row.person_name !== null ? { id: row.confirmed_by, name: row.person_name } : null,
    reference: row.reference,
  }));
}
