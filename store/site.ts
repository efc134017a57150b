import type { Insertable } from "kysely";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export async function insertSite(db: Db, row: Insertable<Schema["site"]>): Promise<void> {
  await db.insertInto("site").values(row).execute();
}

/** Sites of a scope, by name. */
export function listSites(db: Db, scope: Scope): Promise<{ id: Id<"site">; name: string; zone: string }[]> {
  return db
    .selectFrom("site")
    .selectAll()
    .where(scope.rows({ site: "site.id" }))
    .orderBy("name")
    .execute();
}
