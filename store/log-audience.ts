import type { AuditAudience } from "../protocol/audit-export.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** Whom a scope's export is for; null for everybody. The log is the hospital's: a vendor is told none of it. */
export async function audienceOf(db: Db, scope: Scope): Promise<AuditAudience | null> {
  if (scope.unbounded) return null;
  const sites = scope.sites?.toSorted() ?? [];
  if (sites.length === 0) return { sites, vendors: [] };
  const rows = await db
    .selectFrom("device")
    .select("vendor")
    .distinct()
    .where(scope.rows({ site: "device.site" }))
    .execute();
  return { sites, vendors: rows.map(({ vendor }) => vendor).toSorted() };
}
