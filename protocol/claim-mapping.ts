import Type from "typebox";
import { Id } from "./id.ts";
import { limits } from "./limits.ts";
import { type Role, RoleName } from "./person.ts";
import { LineText, Nullable, Strict } from "./schema.ts";

/**
 * One line of a mapping: whoever's claim has this value is this at that place. The place is a site or a vendor, the other null; the
 * installation can't be said, so that no provider makes anybody its administrator.
 */
export const ClaimRule = Strict({
  claim: LineText(limits.claimCharacters),
  value: LineText(limits.claimCharacters),
  site: Nullable(Id("site")),
  vendor: Nullable(Id("vendor")),
  roles: Type.Array(RoleName, { minItems: 1, maxItems: limits.rolesPerClaimRule }),
});
export type ClaimRule = Type.Static<typeof ClaimRule>;

/** What a provider's claims give: lines that add up, and no line takes anything. */
export const ClaimMapping = Type.Array(ClaimRule, { maxItems: limits.claimRules });
export type ClaimMapping = Type.Static<typeof ClaimMapping>;

/** What an ID token says of somebody (OpenID Connect Core 1.0, section 2): by any name, anything. */
export type Claims = Readonly<Record<string, unknown>>;

/** What one line gives, and which line it was. */
export interface MappedRoles {
  readonly place: Pick<ClaimRule, "site" | "vendor">;
  readonly roles: readonly Role[];
  readonly because: ClaimRule;
}

/** The roles that these claims give, a row for each line that matches, in the mapping's order. */
export function rolesFrom(mapping: ClaimMapping, claims: Claims): MappedRoles[] {
  return mapping
    .filter((rule) => holds(claims, rule))
    .map((rule) => ({ place: { site: rule.site, vendor: rule.vendor }, roles: rule.roles, because: rule }));
}

/** A text that is the value, or a list in which it stands; a number or an object is never taken for a text. */
function holds(claims: Claims, { claim, value }: ClaimRule): boolean {
  const said: unknown = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  return Array.isArray(said) ? said.includes(value) : said === value;
}
