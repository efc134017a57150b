import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { TrustView } from "../../protocol/api/trust.ts";
import { holdsOneOf, isOfInstallation, rolesAt } from "../../protocol/membership.ts";
import type { Role } from "../../protocol/person.ts";
import type { Signer } from "../../protocol/quorum.ts";
import type { Site } from "../../protocol/site.ts";

/**
 * Which buttons a page offers. It spares people a refusal and guards nothing: the authority decides each call by itself.
 */
const holdsAt = (me: Me, roles: readonly Role[], site: Site) =>
  rolesAt(me.memberships, site.id).some((role) => roles.includes(role));

/** An approver's yes is what most sites want; where others are required, a request says which roles are still missing. */
export const isApproverAt = (me: Me, site: Site) => holdsAt(me, ["approver"], site);
export const isApprover = (me: Me) => holdsOneOf(me.memberships, ["approver"]);
export const hasApproved = (me: Me, { approval }: RequestView) =>
  approval?.approvers.some(({ id }) => id === me.person.id) === true;
export const mayApprove = (me: Me, request: RequestView) =>
  request.state === "pending" &&
  request.person.id !== me.person.id &&
  !hasApproved(me, request) &&
  holdsAt(me, request.approval?.wanted ?? ["approver"], request.site);
export const mayRevoke = (me: Me, { site }: { site: Site }) => holdsAt(me, ["approver", "officer"], site);
export const mayCut = (me: Me, { site }: { site: Site }) => holdsAt(me, ["approver", "officer"], site);
export const mayFreeze = (me: Me, { site }: { site: Site }) => holdsAt(me, ["officer"], site);
/** Sites at which this person may lock. */
export const lockSites = (me: Me): Site[] =>
  me.memberships.flatMap(({ site, roles }) => (site && roles.includes("officer") ? [site] : []));
/** A lock of all sites is nobody's to lift here. */
export const mayLift = (me: Me, { site }: { site: Site | null }) => site !== null && holdsAt(me, ["officer"], site);
export const mayReadLog = (me: Me) => holdsOneOf(me.memberships, ["officer", "administrator", "auditor"]);
/** Adds sites, and whatever else is of the installation alone. */
export const runsInstallation = (me: Me) =>
  me.memberships.some((one) => isOfInstallation(one) && one.roles.includes("administrator"));
export const mayAdministerAt = (me: Me, { site }: { site: Site }) => holdsAt(me, ["administrator"], site);
export const mayAdminister = (me: Me) => holdsOneOf(me.memberships, ["administrator"]);

/** Approves already, as far as the list of approvers in force tells: by a passkey in it that has not expired. */
export const isTrusted = ({ current }: Pick<TrustView, "current">, me: Me) =>
  current?.approvers.some(({ person, expires }) => person.id === me.person.id && expires > me.now) === true;

/** Who has signed the list that waits, each in the roles that the list in force gives them. */
export const signersOf = ({ current, proposed }: Pick<TrustView, "current" | "proposed">): Signer[] =>
  (current?.approvers ?? [])
    .filter(({ person }) => proposed?.signedBy.some(({ id }) => id === person.id))
    .map(({ person, roles }) => ({ person: person.id, roles }));

/** A new list of approvers waits for the signature of this person, among others. */
export const awaitsSignature = ({ current, proposed }: Pick<TrustView, "current" | "proposed">, me: Me) =>
  proposed !== null && isTrusted({ current }, me) && !proposed.signedBy.some(({ id }) => id === me.person.id);
