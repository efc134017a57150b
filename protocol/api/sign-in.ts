import Type from "typebox";
import { Id } from "../id.ts";
import { limits } from "../limits.ts";
import { faces, PersonRef, RoleName, Site, VendorOrNull } from "../person.ts";
import { Instant, Jws, Name, Nullable, OneOf, Strict } from "../schema.ts";

/** WebAuthn options and responses are JSON forms of the WebAuthn Level 3 dictionaries; the library checks their inside. */
const WebAuthnJson = Type.Object({}, { additionalProperties: true });

const Code = Type.String({ minLength: 16, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" });
const Ceremony = Id("ceremony");
const TotpCode = Type.String({ pattern: "^\\d{6}$" });
const Password = Type.String({ minLength: 1, maxLength: limits.passwordCharactersMax });
const UserCode = Type.String({ minLength: 8, maxLength: 9, pattern: "^[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}$" });

export const factors = ["passkey", "password", "totp"] as const;

/** GET /api/me */
export const Me = Strict({
  person: PersonRef,
  roles: Type.Array(RoleName),
  face: OneOf(faces),
  vendor: VendorOrNull,
  site: Nullable(Site),
  factors: Type.Array(OneOf(factors)),
  signedInAt: Instant,
  expiresAt: Instant,
  /** Subject that a browser's key signs to enrol as part of the workstation. */
  enrolmentSubject: Type.String(),
  /** The workstation of this browser session, once its key was shown. */
  workstation: Nullable(Id("workstation")),
  /** For the page's own text: where the access hosts live, and the public address. */
  accessDomain: Type.String(),
  portalOrigin: Type.String(),
  now: Instant,
});
export type Me = Type.Static<typeof Me>;

/** POST /api/enrolment/begin */
export const EnrolmentBegin = {
  body: Strict({ code: Code }),
  reply: Strict({
    person: PersonRef,
    roles: Type.Array(RoleName),
    /** Name under which the person signs in with password and TOTP. */
    login: Name,
    ceremony: Ceremony,
    /** PublicKeyCredentialCreationOptionsJSON */
    options: WebAuthnJson,
    /** Technicians may choose password + TOTP instead: secret for the authenticator app, as otpauth URI. */
    totp: Nullable(Strict({ uri: Type.String(), secret: Type.String() })),
  }),
};
/** POST /api/enrolment/passkey: signs in as well. */
export const EnrolmentPasskey = {
  body: Strict({ code: Code, ceremony: Ceremony, response: WebAuthnJson, label: Name }),
  reply: Me,
};
/** POST /api/enrolment/password */
export const EnrolmentPassword = {
  body: Strict({ code: Code, ceremony: Ceremony, password: Password, totp: TotpCode }),
  reply: Me,
};
/** POST /api/sign-in/begin: discoverable credentials, so no name is asked and none can be guessed. */
export const SignInBegin = { reply: Strict({ ceremony: Ceremony, options: WebAuthnJson }) };
/** POST /api/sign-in/passkey */
export const SignInPasskey = { body: Strict({ ceremony: Ceremony, response: WebAuthnJson }), reply: Me };
/** POST /api/sign-in/password: both factors in one call, so that no half-signed-in state exists (A2). */
export const SignInPassword = {
  body: Strict({ login: Name, password: Password, totp: TotpCode }),
  reply: Me,
};

/** POST /api/workstations: adds the browser's key; the first key of a browser makes the workstation. */
export const WorkstationEnrol = {
  body: Strict({ proof: Jws, label: Name }),
  reply: Strict({ workstation: Id("workstation") }),
};
export const WorkstationView = Strict({
  id: Id("workstation"),
  label: Name,
  person: PersonRef,
  keys: Type.Array(
    Strict({
      id: Id("workstationKey"),
      kind: OneOf(["browser", "cli"]),
      thumbprint: Type.String(),
      createdAt: Instant,
    }),
  ),
  createdAt: Instant,
  locked: Type.Boolean(),
});
export type WorkstationView = Type.Static<typeof WorkstationView>;
export const WorkstationList = Strict({ workstations: Type.Array(WorkstationView) });

/** POST /oauth/device_authorization (RFC 8628, section 3.1), form-encoded. */
export const DeviceAuthorization = {
  body: Strict({
    client_id: Type.Literal("genkan-cli"),
    workstation_key: Type.Optional(Type.String({ maxLength: 1_024 })),
    workstation_proof: Type.Optional(Jws),
    workstation_label: Type.Optional(Name),
  }),
  reply: Strict({
    device_code: Type.String(),
    user_code: Type.String(),
    verification_uri: Type.String(),
    verification_uri_complete: Type.String(),
    expires_in: Type.Integer(),
    interval: Type.Integer(),
  }),
};
/** POST /oauth/token (RFC 8628, section 3.4; RFC 9449), form-encoded. */
export const Token = {
  body: Strict({
    grant_type: Type.Literal("urn:ietf:params:oauth:grant-type:device_code"),
    device_code: Type.String({ maxLength: 128 }),
    client_id: Type.Literal("genkan-cli"),
  }),
  reply: Strict({ access_token: Type.String(), token_type: Type.Literal("DPoP"), expires_in: Type.Integer() }),
};
/** POST /api/device-codes/lookup: what the confirming page shows. */
export const DeviceCodeLookup = {
  body: Strict({ userCode: UserCode }),
  reply: Strict({
    userCode: UserCode,
    label: Nullable(Name),
    address: Type.String(),
    createdAt: Instant,
    expiresAt: Instant,
  }),
};
/**
 * POST /api/device-codes/confirmation. On the portal the browser's own workstation key signs too (typ
 * `genkan/enrolment/v1`, subject `device-code:<userCode>`), so that the terminal's key joins that workstation.
 */
export const DeviceCodeConfirm = {
  body: Strict({ userCode: UserCode, verdict: OneOf(["confirm", "refuse"]), proof: Nullable(Jws) }),
};
