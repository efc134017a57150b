import type Type from "typebox";
import { Id } from "./id.ts";
import { Name, OneOf, Strict } from "./schema.ts";

/** Roles, not kinds: one person of a small clinic may hold several. */
export const roles = ["technician", "vendor-administrator", "approver", "officer", "administrator", "auditor"] as const;
export type Role = (typeof roles)[number];
export const RoleName = OneOf(roles);

export const PersonRef = Strict({ id: Id("person"), name: Name });
export type PersonRef = Type.Static<typeof PersonRef>;
