import Type from "typebox";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import { Instant, Name, Nullable, OneOf, Opaque, ReasonText, Strict, Thumbprint, Uri } from "../schema.ts";
import { workstationKeyKinds } from "../workstation.ts";
import { Password, TotpCode, WebAuthnJson } from "./factor.ts";

export const OwnPasskey = Strict({
  id: Id("authenticator"),
  label: Name,
  /** The make of its authenticator, where it says so; `protocol/authenticator-product.ts` knows names of some. */
  aaguid: Nullable(Opaque),
  createdAt: Instant,
  lastUsedAt: Nullable(Instant),
  expiresAt: Instant,
});
export type OwnPasskey = Type.Static<typeof OwnPasskey>;

export const OwnWorkstation = Strict({
  id: Id("workstation"),
  label: Name,
  keys: Type.Array(Strict({ kind: OneOf(workstationKeyKinds), thumbprint: Thumbprint, since: Instant })),
  createdAt: Instant,
  lastUsedAt: Nullable(Instant),
  /** Of this sign-in. */
  here: Type.Boolean(),
});
export type OwnWorkstation = Type.Static<typeof OwnWorkstation>;

export const OwnSignIn = Strict({
  id: Id("signIn"),
  kind: OneOf(["browser", "terminal"]),
  workstation: Nullable(Name),
  network: Nullable(Opaque),
  since: Instant,
  lastUsedAt: Instant,
  /** This one. */
  here: Type.Boolean(),
});
export type OwnSignIn = Type.Static<typeof OwnSignIn>;

/** GET /api/account: what is the caller's own. */
export const OwnAccount = Strict({
  login: Name,
  passkeys: Type.Array(OwnPasskey),
  /** Until when a password with TOTP is good; null: there is none. */
  password: Nullable(Strict({ expiresAt: Instant })),
  workstations: Type.Array(OwnWorkstation),
  signIns: Type.Array(OwnSignIn),
  /** Somebody once put a link in place of passkeys that were lost, for this reason. */
  recovered: Nullable(Strict({ at: Instant, by: Nullable(PersonRef), reason: ReasonText })),
});
export type OwnAccount = Type.Static<typeof OwnAccount>;

/** What is called anew: POST /api/account/passkeys/:id, POST /api/account/workstations/:id */
export const Renamed = Strict({ label: Name });

/** POST /api/account/passkeys/begin: another passkey, or one in place of an older of the same authenticator. */
export const PasskeyBegin = {
  body: Strict({ renews: Nullable(Id("authenticator")) }),
  reply: Strict({
    ceremony: Id("ceremony"),
    /** PublicKeyCredentialCreationOptionsJSON */
    create: Strict({ options: WebAuthnJson }),
    /** PublicKeyCredentialRequestOptionsJSON: the caller shows a passkey that they have; null: their password and code. */
    prove: Nullable(Strict({ options: WebAuthnJson })),
  }),
};
const ByPassword = Strict({ password: Password, totp: TotpCode });
/** POST /api/account/passkeys: a sign-in that somebody left open adds none. */
export const PasskeyAdd = Strict({
  ceremony: Id("ceremony"),
  label: Name,
  response: WebAuthnJson,
  proof: Type.Union([Strict({ response: WebAuthnJson }), ByPassword]),
});

/** POST /api/account/password/begin: the secret for the authenticator app that takes the place of the one before. */
export const PasswordBegin = {
  reply: Strict({ ceremony: Id("ceremony"), totp: Strict({ uri: Uri, secret: Opaque }) }),
};
/** POST /api/account/password: with what is good now, and what is to be. */
export const PasswordChange = Strict({
  ceremony: Id("ceremony"),
  current: ByPassword,
  password: Password,
  totp: TotpCode,
});
