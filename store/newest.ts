import type { ActionName } from "../protocol/audit.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** When this was last done, as the log tells; null if never. */
export async function newestRecord(db: Db, scope: Scope, action: ActionName): Promise<string | null> {
  const row = await db
    .selectFrom("log_index")
    .select("at")
    .where("action", "=", action)
    .where("outcome", "=", "done")
    .where(scope.rows({ site: "log_index.owner" }))
    .orderBy("index", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.at ?? null;
}
