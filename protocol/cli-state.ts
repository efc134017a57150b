import Type from "typebox";
import { faces } from "./face.ts";
import { limits } from "./limits.ts";
import { ByName, Instant, Nullable, OneOf, Strict, Uri } from "./schema.ts";

/** `profile.json` of the command line: the servers that somebody signed in to from this computer. */
export const CliProfile = Strict({
  /** Origin that verbs speak to. */
  current: Nullable(Uri),
  /** By origin; `ca` is certificates in PEM that are trusted there besides those of the system. */
  origins: ByName(
    Strict({ face: OneOf(faces), ca: Nullable(Type.String({ maxLength: limits.trustedPemCharacters })) }),
  ),
});
export type CliProfile = Type.Static<typeof CliProfile>;

/** An access token as it is kept. It expires by this computer's clock, which knows no other when the next verb starts. */
export const CliToken = Strict({
  accessToken: Type.String({ minLength: 1, maxLength: limits.tokenCharacters }),
  expiresAt: Instant,
});
export type CliToken = Type.Static<typeof CliToken>;
