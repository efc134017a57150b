import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { TrustView } from "../../protocol/api/trust.ts";
import type { Role } from "../../protocol/person.ts";
import type { Signer } from "../../protocol/quorum.ts";

/**
 * Which buttons a page offers. It spares people a refusal and guards nothing: the authority decides each call by itself.
 */
const holdsOneOf = (me: Me, roles: Role[]) => roles.some((role) => me.roles.includes(role));

/** An approver's yes is what most sites want; where others are required, a request says which roles are still missing. */
export const isApprover = (me: Me) => holdsOneOf(me, ["approver"]);
export const hasApproved = (me: Me, { approval }: RequestView) =>
  approval?.approvers.some(({ id }) => id === me.person.id) === true;
export const mayApprove = (me: Me, request: RequestView) =>
  request.state === "pending" &&
  request.person.id !== me.person.id &&
  !hasApproved(me, request) &&
  (request.approval ? holdsOneOf(me, request.approval.wanted) : isApprover(me));
export const mayRevoke = (me: Me) => holdsOneOf(me, ["approver", "officer"]);
export const mayCut = (me: Me) => holdsOneOf(me, ["approver", "officer"]);
export const mayLock = (me: Me) => holdsOneOf(me, ["officer"]);
export const mayReadLog = (me: Me) => holdsOneOf(me, ["officer", "administrator", "auditor"]);

/** Approves already, as far as the list of approvers in force tells: by a passkey in it that has not expired. */
export const isTrusted = (trust: TrustView, me: Me) =>
  trust.current?.approvers.some(({ person, expires }) => person.id === me.person.id && expires > me.now) === true;

/** Who has signed the list that waits, each in the roles that the list in force gives them. */
export const signersOf = ({ current, proposed }: TrustView): Signer[] =>
  (current?.approvers ?? [])
    .filter(({ person }) => proposed?.signedBy.some(({ id }) => id === person.id))
    .map(({ person, roles }) => ({ person: person.id, roles }));

/** A new list of approvers waits for the signature of this person, among others. */
export const awaitsSignature = ({ current, proposed }: TrustView, me: Me) =>
  proposed !== null && isTrusted({ current, proposed }, me) && !proposed.signedBy.some(({ id }) => id === me.person.id);
