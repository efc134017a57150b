import Type from "typebox";
import { type Role, RoleName } from "./person.ts";
import { Instant, Nullable, Strict } from "./schema.ts";
import { Site } from "./site.ts";
import { VendorOrNull } from "./vendor.ts";

/**
 * Where a person belongs, and as what: a hospital's staff at a site, a company's people with their vendor, or, where both are null,
 * whoever runs the installation with all its sites.
 */
export const MembershipView = Strict({
  site: Nullable(Site),
  vendor: VendorOrNull,
  roles: Type.Array(RoleName),
  /** From this instant on it counts no more; null: without end. */
  until: Nullable(Instant),
});
export type MembershipView = Type.Static<typeof MembershipView>;

/** Only as much of a membership as these questions read. */
interface Place {
  readonly site: { readonly id: string } | null;
  readonly vendor: { readonly id: string } | null;
  readonly roles: readonly Role[];
}

/** Roles that somebody can hold for the installation: none that approves or cuts, for that is the hospital's own. */
export const installationRoles = ["administrator", "auditor"] as const satisfies readonly Role[];

/** Roles of a hospital's own people. */
export const siteRoles = ["approver", "officer", "administrator", "auditor"] as const satisfies readonly Role[];

/** Roles of a company's people. */
export const vendorRoles = ["technician", "vendor-administrator"] as const satisfies readonly Role[];

/** Roles that somebody can hold at a place. */
export const rolesOf = ({ site, vendor }: { site: unknown; vendor: unknown }): readonly Role[] =>
  site !== null ? siteRoles : vendor !== null ? vendorRoles : installationRoles;

/** Whether it is of the installation, and so counts at each of its sites. */
export const isOfInstallation = ({ site, vendor }: Pick<Place, "site" | "vendor">) => site === null && vendor === null;

/** Roles that are held at this site, there or for the installation: what somebody is elsewhere counts for nothing here. */
export function rolesAt(memberships: readonly Place[], site: string): readonly Role[] {
  return membershipsAt(memberships, site).flatMap(({ roles }) => roles);
}

/** Memberships by which somebody is something at this site, there or for the installation. */
export function membershipsAt<M extends Place>(memberships: readonly M[], site: string): M[] {
  return memberships.filter((one) => one.site?.id === site || isOfInstallation(one));
}

/** Whether one of these roles is held anywhere. */
export function holdsOneOf(memberships: readonly Pick<Place, "roles">[], roles: readonly Role[]): boolean {
  return memberships.some((one) => roles.some((role) => one.roles.includes(role)));
}
