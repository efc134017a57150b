import { newId } from "../crypto/random.ts";
import type { Id } from "../protocol/make-id.ts";
import type { MembershipView } from "../protocol/membership.ts";
import type { Role } from "../protocol/person.ts";
import type { Db } from "./database.ts";

/** Roles as a row holds them. */
export function parseRoles(text: string): Role[] {
  return JSON.parse(text) as Role[];
}

/** Where a person belongs: a site or a vendor, the other is null; the installation, if both are. */
export interface Membership {
  readonly site: { readonly id: Id<"site">; readonly name: string; readonly zone: string } | null;
  readonly vendor: { readonly id: Id<"vendor">; readonly name: string; readonly active: boolean } | null;
  readonly roles: Role[];
  /** RFC 3339; from then on it counts no more. Null: without end. */
  readonly until: string | null;
}

/** As people are shown it. */
export const membershipView = ({ site, vendor, roles, until }: Membership): MembershipView => ({
  site: site && { id: site.id, name: site.name },
  vendor: vendor && { id: vendor.id, name: vendor.name },
  roles,
  until,
});

/** Of a membership: the site or the vendor, by id; the installation, if both are null. */
export type Place =
  | { readonly site: Id<"site">; readonly vendor: null }
  | { readonly site: null; readonly vendor: Id<"vendor"> }
  | { readonly site: null; readonly vendor: null };

/** Memberships of these people by person, in the order of their places' ids; those that have ended by `at`, if it is told, are left out. */
export async function membershipsOf(
  db: Db,
  people: readonly Id<"person">[],
  at: Date | null,
): Promise<Map<Id<"person">, Membership[]>> {
  const rows =
    people.length === 0
      ? []
      : await db
          .selectFrom("membership")
          .leftJoin("site", "site.id", "membership.site")
          .leftJoin("vendor", "vendor.id", "membership.vendor")
          .where("membership.person", "in", [...people])
          .select([
            "membership.person",
            "membership.roles",
            "membership.until",
            "site.id as site_id",
            "site.name as site_name",
            "site.zone as site_zone",
            "vendor.id as vendor_id",
            "vendor.name as vendor_name",
            "vendor.active as vendor_active",
          ])
          .orderBy("membership.site")
          .orderBy("membership.vendor")
          .execute();
  const now = at?.toISOString();
  const counted = rows.filter(({ until }) => now === undefined || until === null || until > now);
  const byPerson = new Map<Id<"person">, Membership[]>(people.map((id) => [id, []]));
  for (const row of counted)
    byPerson.get(row.person)?.push({
      site:
        row.site_id !== null && row.site_name !== null && row.site_zone !== null
          ? { id: row.site_id, name: row.site_name, zone: row.site_zone }
          : null,
      vendor:
        row.vendor_id !== null && row.vendor_name !== null
          ? { id: row.vendor_id, name: row.vendor_name, active: row.vendor_active === 1 }
          : null,
      roles: parseRoles(row.roles),
      until: row.until,
    });
  return byPerson;
}

/** Says what a person is at a place, and until when: there they are nothing else. */
export async function putMembership(
  db: Db,
  person: Id<"person">,
  { site, vendor }: Place,
  to: { roles: readonly Role[]; until: Date | null },
): Promise<void> {
  const held = { roles: JSON.stringify(to.roles), until: to.until?.toISOString() ?? null };
  const { numUpdatedRows } = await db
    .updateTable("membership")
    .set(held)
    .where("person", "=", person)
    .where("site", site === null ? "is" : "=", site)
    .where("vendor", vendor === null ? "is" : "=", vendor)
    .executeTakeFirst();
  if (numUpdatedRows > 0n) return;
  await db
    .insertInto("membership")
    .values({ id: newId("membership"), person, site, vendor, ...held })
    .execute();
}
