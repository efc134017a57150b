import type Type from "typebox";
import { Id } from "./id.ts";
import { Name, Nullable, OneOf, Strict } from "./schema.ts";

/** Roles, not kinds: one person of a small clinic may hold several. */
export const roles = ["technician", "vendor-administrator", "approver", "officer", "administrator", "auditor"] as const;
export type Role = (typeof roles)[number];

/** The two web hosts of the authority: `portal` is public and for vendors, `staff` is the hospital's own. */
export const faces = ["portal", "staff"] as const;
export type Face = (typeof faces)[number];

export const PersonRef = Strict({ id: Id("person"), name: Name });
export type PersonRef = Type.Static<typeof PersonRef>;

export const Vendor = Strict({ id: Id("vendor"), name: Name });
export type Vendor = Type.Static<typeof Vendor>;

export const Site = Strict({ id: Id("site"), name: Name });
export type Site = Type.Static<typeof Site>;

export const RoleName = OneOf(roles);
export const VendorOrNull = Nullable(Vendor);
