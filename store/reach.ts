import type { Id } from "../protocol/make-id.ts";
import type { Reach } from "../protocol/reach.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** How a service was reached when somebody last had it tested. */
export interface ReachRow {
  readonly service: Id<"service">;
  readonly reach: Reach;
  readonly at: string;
}

/** In place of what was found before: the log has each. */
export async function keepReach(db: Db, row: { service: Id<"service">; reach: Reach; at: Date }): Promise<void> {
  const found = { reach: row.reach, at: row.at.toISOString() };
  await db
    .insertInto("reach")
    .values({ service: row.service, ...found })
    .onConflict((oc) => oc.column("service").doUpdateSet(found))
    .execute();
}

export async function listReaches(db: Db, scope: Scope): Promise<ReachRow[]> {
  return db
    .selectFrom("reach")
    .innerJoin("service", "service.id", "reach.service")
    .innerJoin("device", "device.id", "service.device")
    .where(scope.rows({ site: "device.site", vendor: "device.vendor" }))
    .select(["reach.service", "reach.reach", "reach.at"])
    .orderBy("reach.service")
    .execute();
}
