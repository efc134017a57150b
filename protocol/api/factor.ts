import Type from "typebox";
import { limits } from "../limits.ts";

/** WebAuthn options and responses are JSON forms of the WebAuthn Level 3 dictionaries; the library checks their inside. */
export const WebAuthnJson = Type.Object({}, { additionalProperties: true });

/** The six digits that an authenticator app shows (RFC 6238). */
export const TotpCode = Type.String({ pattern: "^\\d{6}$" });
export const Password = Type.String({ minLength: 1, maxLength: limits.passwordCharactersMax });
