import type { Me } from "../../protocol/api/sign-in.ts";
import type { Role } from "../../protocol/person.ts";

/**
 * Which buttons a page offers. It spares people a refusal and guards nothing: the authority decides each call by itself.
 */
const holdsOneOf = (me: Me, roles: Role[]) => roles.some((role) => me.roles.includes(role));

export const mayDecide = (me: Me) => holdsOneOf(me, ["approver"]);
export const mayRevoke = (me: Me) => holdsOneOf(me, ["approver", "officer"]);
export const mayCut = (me: Me) => holdsOneOf(me, ["approver", "officer"]);
export const mayLock = (me: Me) => holdsOneOf(me, ["officer"]);
export const maySignTrust = (me: Me) => holdsOneOf(me, ["approver"]);
export const mayReadLog = (me: Me) => holdsOneOf(me, ["officer", "administrator", "auditor"]);
