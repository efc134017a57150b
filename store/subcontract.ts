import { newId } from "../crypto/random.ts";
import type { SubcontractView } from "../protocol/api/vendor.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** One company that works on another's devices at a site. */
export interface Subcontract {
  readonly site: Id<"site">;
  readonly vendor: Id<"vendor">;
  readonly subcontractor: Id<"vendor">;
}

/** Says from when until when the hospital consents, instead of what it said before; null: not yet. */
export async function putSubcontract(
  db: Db,
  of: Subcontract,
  said: { consent: { from: string; until: string } | null; note: string | null },
): Promise<Id<"subcontract">> {
  const held = {
    consent_from: said.consent?.from ?? null,
    consent_until: said.consent?.until ?? null,
    note: said.note,
  };
  const row = await db
    .insertInto("subcontract")
    .values({ id: newId("subcontract"), ...of, ...held })
    .onConflict((oc) => oc.columns(["site", "vendor", "subcontractor"]).doUpdateSet(held))
    .returning("id")
    .executeTakeFirstOrThrow();
  return row.id;
}

/** For how long the hospital lets a company work on another's devices, epoch milliseconds; null where it has not said so. */
export async function findConsent(
  db: Db,
  scope: Scope,
  { site, vendor, subcontractor }: Subcontract,
): Promise<{ start: number; end: number } | null> {
  const row = await db
    .selectFrom("subcontract")
    .select(["consent_from", "consent_until"])
    .where(scope.rows({ site: "subcontract.site", vendor: "subcontract.subcontractor" }))
    .where("site", "=", site)
    .where("vendor", "=", vendor)
    .where("subcontractor", "=", subcontractor)
    .executeTakeFirst();
  if (!row || row.consent_from === null || row.consent_until === null) return null;
  return { start: Date.parse(row.consent_from), end: Date.parse(row.consent_until) };
}

/** Who works for whom, by the subcontractor's name; of a company where it is the subcontractor. */
export async function listSubcontracts(db: Db, scope: Scope): Promise<SubcontractView[]> {
  const rows = await db
    .selectFrom("subcontract")
    .innerJoin("site", "site.id", "subcontract.site")
    .innerJoin("vendor", "vendor.id", "subcontract.vendor")
    .innerJoin("vendor as other", "other.id", "subcontract.subcontractor")
    .where(scope.rows({ site: "subcontract.site", vendor: "subcontract.subcontractor" }))
    .selectAll("subcontract")
    .select(["site.name as site_name", "vendor.name as vendor_name", "other.name as other_name"])
    .orderBy("other.name")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    site: { id: row.site, name: row.site_name },
    vendor: { id: row.vendor, name: row.vendor_name },
    subcontractor: { id: row.subcontractor, name: row.other_name },
    consent:
      row.consent_from !== null && row.consent_until !== null
        ? { from: row.consent_from, until: row.consent_until }
        : null,
    note: row.note,
  }));
}
