import type { ServiceRef } from "../protocol/service.ts";
import type { Db } from "./database.ts";

/** Services by id, as pages see them: without addresses. */
export async function listServices(db: Db, ids: readonly string[]): Promise<Map<string, ServiceRef>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom("service")
    .select(["id", "name", "protocol", "port"])
    .where("id", "in", [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, row]));
}
