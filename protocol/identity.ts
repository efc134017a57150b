import Type from "typebox";
import { limits } from "./limits.ts";

/**
 * Who somebody is to a provider that signs people in (OpenID Connect Core 1.0, section 2): the provider's issuer, an https URL without
 * query and fragment that is compared character by character, and the subject under which it knows them, at most 255 ASCII characters.
 */
export const Issuer = Type.String({ maxLength: limits.uriCharacters, pattern: "^https://[^\\s?#@\\\\]+$" });
export const Subject = Type.String({ pattern: `^[\\x21-\\x7e]{1,${limits.subjectCharacters}}$` });
