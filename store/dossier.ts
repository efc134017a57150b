import { newId } from "../crypto/random.ts";
import type { DossierSaid, DossierView } from "../protocol/api/vendor.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

type Said = Omit<DossierSaid, "entry" | "site">;

/** One more paper that a hospital keeps of a company. */
export async function insertDossierEntry(
  db: Db,
  row: { vendor: Id<"vendor">; site: Id<"site"> } & Said,
): Promise<Id<"dossier">> {
  const id = newId("dossier");
  await db
    .insertInto("dossier")
    .values({ id, ...row })
    .execute();
  return id;
}

/** False when there is none of this company in this scope. */
export async function updateDossierEntry(
  db: Db,
  scope: Scope,
  { id, vendor }: { id: Id<"dossier">; vendor: Id<"vendor"> },
  said: Said,
): Promise<boolean> {
  const result = await db
    .updateTable("dossier")
    .set(said)
    .where("id", "=", id)
    .where("vendor", "=", vendor)
    .where(scope.rows({ site: "dossier.site" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** What the hospitals of a scope keep of companies: it is theirs, and no company's. By kind and number. */
export async function listDossier(db: Db, scope: Scope): Promise<(DossierView & { vendor: Id<"vendor"> })[]> {
  const rows = await db
    .selectFrom("dossier")
    .innerJoin("site", "site.id", "dossier.site")
    .where(scope.rows({ site: "dossier.site" }))
    .selectAll("dossier")
    .select("site.name as site_name")
    .orderBy("dossier.kind")
    .orderBy("dossier.number")
    .execute();
  return rows.map(({ site, site_name, ...row }) => ({ ...row, site: { id: site, name: site_name } }));
}
