import { type Expression, expressionBuilder, type SqlBool } from "kysely";
import type { VendorSaid } from "../protocol/api/vendor.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Site } from "../protocol/site.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import { Scope } from "./scope.ts";

/** A company as its register says it. */
export type VendorRow = VendorSaid & { readonly id: Id<"vendor">; readonly active: boolean };

/** A company that is in use. */
export async function insertVendor(db: Db, { mailDomains, ...row }: Omit<VendorRow, "active">): Promise<void> {
  await db
    .insertInto("vendor")
    .values({ ...row, mail_domains: JSON.stringify(mailDomains), active: 1 })
    .execute();
}

/** Says a company anew, or turns it on or off. */
export async function updateVendor(
  db: Db,
  scope: Scope,
  id: Id<"vendor">,
  { active, mailDomains, ...said }: Partial<Omit<VendorRow, "id">>,
): Promise<void> {
  await db
    .updateTable("vendor")
    .set({
      ...said,
      ...(mailDomains === undefined ? {} : { mail_domains: JSON.stringify(mailDomains) }),
      ...(active === undefined ? {} : { active: active ? 1 : 0 }),
    })
    .where("id", "=", id)
    .where(vendorsOf(scope))
    .execute();
}

/** From now on a company works for a hospital, device or none. */
export async function engageVendor(db: Db, vendor: Id<"vendor">, site: Id<"site">, at: Date): Promise<void> {
  await db
    .insertInto("vendor_site")
    .values({ vendor, site, since: at.toISOString() })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

/** Vendors that a scope may see, by name: of a vendor itself; of a site those that work there. */
export async function listVendors(db: Db, scope: Scope): Promise<VendorRow[]> {
  const rows = await db
    .selectFrom("vendor")
    .select(["id", "name", "contact", "mail_domains", "active"])
    .where(vendorsOf(scope))
    .orderBy("name")
    .execute();
  return rows.map(({ mail_domains, active, ...row }) => ({
    ...row,
    mailDomains: JSON.parse(mail_domains) as string[],
    active: active === 1,
  }));
}

export async function findVendor(db: Db, scope: Scope, id: Id<"vendor">): Promise<VendorRow | null> {
  return (await listVendors(db, scope)).find((vendor) => vendor.id === id) ?? null;
}

/** Of each company the sites of this scope at which it works: engaged, with a device, or as a subcontractor. */
export async function listVendorSites(db: Db, scope: Scope): Promise<{ vendor: Id<"vendor">; site: Site }[]> {
  const rows = await db
    .selectFrom(working(scope).as("work"))
    .innerJoin("site", "site.id", "work.site")
    .select(["work.vendor", "site.id", "site.name"])
    .orderBy("site.name")
    .execute();
  return rows.map(({ vendor, ...site }) => ({ vendor, site }));
}

/** Companies that work at a site beyond this scope too, so that their names are not for one hospital to change. */
export async function vendorsBeyond(db: Db, scope: Scope): Promise<Set<Id<"vendor">>> {
  const all = await listVendorSites(db, Scope.system());
  return new Set(all.filter(({ site }) => !scope.sees(site.id)).map(({ vendor }) => vendor));
}

export function vendorsOf(scope: Scope): Expression<SqlBool> {
  if (scope.sites === null) return scope.rows({ vendor: "vendor.id" });
  const eb = expressionBuilder<Schema, "vendor">();
  return eb("vendor.id", "in", eb.selectFrom(working(scope).as("work")).select("work.vendor"));
}

/** Which company works at which site. */
function working(scope: Scope) {
  const eb = expressionBuilder<Schema, never>();
  const engaged = eb
    .selectFrom("vendor_site")
    .select(["vendor_site.vendor as vendor", "vendor_site.site as site"])
    .where(scope.rows({ site: "vendor_site.site", vendor: "vendor_site.vendor" }));
  const maintaining = eb
    .selectFrom("device")
    .select(["device.vendor as vendor", "device.site as site"])
    .where(scope.rows({ site: "device.site", vendor: "device.vendor" }));
  const subcontracted = eb
    .selectFrom("subcontract")
    .select(["subcontract.subcontractor as vendor", "subcontract.site as site"])
    .where(scope.rows({ site: "subcontract.site", vendor: "subcontract.subcontractor" }));
  return engaged.union(maintaining).union(subcontracted);
}
