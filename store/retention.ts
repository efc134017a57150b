import type { RetentionView } from "../protocol/api/retention.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** How long each site of a scope keeps what, by the site's name. */
export async function listRetention(db: Db, scope: Scope): Promise<RetentionView[]> {
  const rows = await db
    .selectFrom("site")
    .leftJoin("retention", "retention.site", "site.id")
    .where(scope.rows({ site: "site.id" }))
    .select(["site.id", "site.name", "retention.recording_days", "retention.log_days"])
    .orderBy("site.name")
    .execute();
  return rows.map(({ id, name, recording_days, log_days }) => ({
    site: { id, name },
    recordingDays: recording_days,
    logDays: log_days,
  }));
}

export async function putRetention(
  db: Db,
  site: Id<"site">,
  { recordingDays, logDays }: Pick<RetentionView, "recordingDays" | "logDays">,
): Promise<void> {
  const days = { recording_days: recordingDays, log_days: logDays };
  await db
    .insertInto("retention")
    .values({ site, ...days })
    .onConflict((oc) => oc.column("site").doUpdateSet(days))
    .execute();
}
