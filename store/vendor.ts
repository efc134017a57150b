import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export async function insertVendor(db: Db, row: { id: Id<"vendor">; name: string }): Promise<void> {
  await db
    .insertInto("vendor")
    .values({ ...row, active: 1 })
    .execute();
}

/** Vendors that a scope may see, by name: of a vendor itself; of a site those that maintain a device there. */
export function listVendors(db: Db, scope: Scope): Promise<{ id: Id<"vendor">; name: string }[]> {
  return db.selectFrom("vendor").select(["id", "name"]).where(vendorsOf(scope)).orderBy("name").execute();
}

export function vendorsOf(scope: Scope): Expression<SqlBool> {
  if (scope.sites === null) return scope.rows({ vendor: "vendor.id" });
  const eb = expressionBuilder<Schema, "vendor">();
  const maintaining = eb
    .selectFrom("device")
    .select("device.vendor")
    .where(scope.rows({ site: "device.site" }));
  return eb("vendor.id", "in", maintaining);
}
