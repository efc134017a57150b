import Type from "typebox";
import { type Role, RoleName } from "./person.ts";
import { Instant, Nullable, Strict } from "./schema.ts";
import { Site } from "./site.ts";
import { VendorOrNull } from "./vendor.ts";

/** Where a person belongs, and as what: a hospital's staff at a site, or a company's people with their vendor. One is null. */
export const Membership = Strict({
  site: Nullable(Site),
  vendor: VendorOrNull,
  roles: Type.Array(RoleName),
  /** From this instant on it counts no more; null: without end. */
  until: Nullable(Instant),
});
export type Membership = Type.Static<typeof Membership>;

/** Only as much of a membership as these questions read. */
interface Place {
  readonly site: { readonly id: string } | null;
  readonly roles: readonly Role[];
}

/** Roles that are held at this site: what somebody is elsewhere counts for nothing here. */
export function rolesAt(memberships: readonly Place[], site: string): readonly Role[] {
  return memberships.find((one) => one.site?.id === site)?.roles ?? [];
}

/** Whether one of these roles is held anywhere. */
export function holdsOneOf(memberships: readonly Pick<Place, "roles">[], roles: readonly Role[]): boolean {
  return memberships.some((one) => roles.some((role) => one.roles.includes(role)));
}
