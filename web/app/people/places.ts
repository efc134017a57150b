import type { Me } from "../../../protocol/api/me.ts";
import type { MembershipView } from "../../../protocol/membership.ts";
import { rolesOf } from "../../../protocol/membership.ts";
import type { Role } from "../../../protocol/person.ts";

/** Where somebody can be invited to; the installation, if both are null. */
export interface PlaceChoice {
  readonly site: { readonly id: string; readonly name: string } | null;
  readonly vendor: { readonly id: string; readonly name: string } | null;
}

/** One text for each place, as a field of a form holds it. */
export const placeKey = ({ site, vendor }: PlaceChoice): string => site?.id ?? vendor?.id ?? "installation";

export const bodyOf = ({ site, vendor }: PlaceChoice) => ({ site: site?.id ?? null, vendor: vendor?.id ?? null });

export const rolesAtPlace = ({ site, vendor }: PlaceChoice): readonly Role[] => rolesOf({ site, vendor });

/** Those of somebody's memberships that this list of places holds. */
export const membershipIn = (memberships: readonly MembershipView[], place: PlaceChoice): MembershipView | undefined =>
  memberships.find((one) => placeKey(one) === placeKey(place));

/** Whether that is the person who looks: nobody administers themselves. */
export const isSelf = (me: Me, { id }: { id: string }) => me.person.id === id;
