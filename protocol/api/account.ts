import Type from "typebox";
import { Id } from "../id.ts";
import { MembershipView } from "../membership.ts";
import { PersonRef, RoleName, roles } from "../person.ts";
import { Instant, Name, Nullable, OneOf, ReasonText, Strict, Uri } from "../schema.ts";

/** What a person is in their account: invited and not enrolled yet, at work, turned off, or of nowhere or without a key any more. */
export const accountStates = ["invited", "active", "disabled", "expired"] as const;

/** GET /api/accounts: for whoever administers these people. */
export const AccountView = Strict({
  id: Id("person"),
  name: Name,
  login: Name,
  /** Those that whoever asks may see, also those that have ended. */
  memberships: Type.Array(MembershipView),
  state: OneOf(accountStates),
  /** Null: whoever has the authority's host. */
  invitedBy: Nullable(PersonRef),
  createdAt: Instant,
  lastUsedAt: Nullable(Instant),
  /** A one-time link that is good still, and of a link in place of what was lost: by whom and why. */
  link: Nullable(Strict({ expiresAt: Instant, by: Nullable(PersonRef), reason: Nullable(ReasonText) })),
});
export type AccountView = Type.Static<typeof AccountView>;
export const AccountList = Strict({ people: Type.Array(AccountView) });

/** A site, a vendor or, where both are null, the installation. */
const place = { site: Nullable(Id("site")), vendor: Nullable(Id("vendor")) };
const held = { roles: Type.Array(RoleName, { minItems: 1, maxItems: roles.length, uniqueItems: true }) };
const until = Nullable(Instant);

/** POST /api/accounts: somebody new, who is given a link. */
export const Invitation = Strict({ name: Name, login: Name, ...place, ...held, until });
export type Invitation = Type.Static<typeof Invitation>;

/** A one-time link, shown once: whoever opens it first enrols as this person. */
export const OneTimeLink = Strict({ person: PersonRef, url: Uri, expiresAt: Instant });
export type OneTimeLink = Type.Static<typeof OneTimeLink>;

/** POST /api/accounts/:id/roles: what they are at a place from now on, instead of all that they were there. */
export const RolesAt = Strict({ ...place, ...held, until });
export type RolesAt = Type.Static<typeof RolesAt>;
/** POST /api/accounts/:id/leave: from this instant on they are nobody there. */
export const Leaving = Strict({ ...place, until: Instant });

/** POST /api/accounts/:id/recovery: their passkeys are lost. */
export const Recovery = Strict({ reason: ReasonText });
