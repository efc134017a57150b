import type { SiteView } from "../protocol/api/site.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

type Said = Pick<SiteView, "name" | "zone" | "contact">;

/** A site that is in use. */
export async function insertSite(db: Db, row: { id: SiteView["id"] } & Said): Promise<void> {
  await db
    .insertInto("site")
    .values({ ...row, active: 1 })
    .execute();
}

/** Sites of a scope, by name. */
export async function listSites(db: Db, scope: Scope): Promise<SiteView[]> {
  const rows = await sites(db, scope).orderBy("name").execute();
  return rows.map(toSite);
}

export async function findSite(db: Db, scope: Scope, id: Id<"site">): Promise<SiteView | null> {
  const row = await sites(db, scope).where("id", "=", id).executeTakeFirst();
  return row ? toSite(row) : null;
}

/** Says a site anew, or turns it on or off. */
export async function updateSite(
  db: Db,
  scope: Scope,
  id: Id<"site">,
  { active, ...said }: Partial<Omit<SiteView, "id">>,
): Promise<void> {
  await db
    .updateTable("site")
    .set({ ...said, ...(active === undefined ? {} : { active: active ? 1 : 0 }) })
    .where("id", "=", id)
    .where(scope.rows({ site: "site.id" }))
    .execute();
}

const sites = (db: Db, scope: Scope) =>
  db
    .selectFrom("site")
    .select(["id", "name", "zone", "contact", "active"])
    .where(scope.rows({ site: "site.id" }));

function toSite({ active, ...row }: Awaited<ReturnType<ReturnType<typeof sites>["execute"]>>[number]): SiteView {
  return { ...row, active: active === 1 };
}
