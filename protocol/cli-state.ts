import Type from "typebox";
import { faces } from "./face.ts";
import { ByName, Instant, Nullable, OneOf, Strict } from "./schema.ts";

/** `profile.json` of the command line: the servers that somebody signed in to from this computer. */
export const CliProfile = Strict({
  /** Origin that verbs speak to. */
  current: Nullable(Type.String()),
  /** By origin; `ca` is certificates in PEM that are trusted there besides those of the system. */
  origins: ByName(Strict({ face: OneOf(faces), ca: Nullable(Type.String()) })),
});
export type CliProfile = Type.Static<typeof CliProfile>;

/** An access token as it is kept. It expires by this computer's clock, which knows no other when the next verb starts. */
export const CliToken = Strict({ accessToken: Type.String({ minLength: 1 }), expiresAt: Instant });
export type CliToken = Type.Static<typeof CliToken>;
