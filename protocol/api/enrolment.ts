import Type from "typebox";
import { Id } from "../id.ts";
import { PersonRef, RoleName } from "../person.ts";
import { Name, Nullable, Opaque, ReasonText, Strict, Uri } from "../schema.ts";
import { Password, TotpCode, WebAuthnJson } from "./factor.ts";
import { Me } from "./me.ts";

const Code = Type.String({ minLength: 16, maxLength: 64, pattern: "^[A-Za-z0-9_-]+$" });
const Ceremony = Id("ceremony");

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
    totp: Nullable(Strict({ uri: Uri, secret: Opaque })),
    /** What they had was lost: who said so, null for whoever has the authority's host, and why. */
    recovery: Nullable(Strict({ by: Nullable(Name), reason: ReasonText })),
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
