import { Id } from "../id.ts";
import { Name, Strict } from "../schema.ts";
import { Password, TotpCode, WebAuthnJson } from "./factor.ts";
import { Me } from "./me.ts";

const Ceremony = Id("ceremony");

/** POST /api/sign-in/begin: discoverable credentials, so no name is asked and none can be guessed. */
export const SignInBegin = { reply: Strict({ ceremony: Ceremony, options: WebAuthnJson }) };
/** POST /api/sign-in/passkey */
export const SignInPasskey = { body: Strict({ ceremony: Ceremony, response: WebAuthnJson }), reply: Me };
/** POST /api/sign-in/password: both factors in one call, so that no half-signed-in state exists (A2). */
export const SignInPassword = {
  body: Strict({ login: Name, password: Password, totp: TotpCode }),
  reply: Me,
};
