import { type Actor, hostActor, personActor } from "../protocol/audit.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";

/** Who calls, as authentication proved it. Nothing else makes one. */
export interface Caller {
  readonly person: Person;
  readonly face: Face;
  readonly scope: Scope;
  readonly signIn: {
    readonly id: Id<"signIn">;
    readonly factors: readonly Factor[];
    readonly workstation: Id<"workstation"> | null;
  };
}

/** Somebody who is signed in; null for whoever has the authority's own host, who may all. */
export type By = Caller | null;
export const actorOf = (by: By): Actor => (by ? personActor(by.person) : hostActor);
export const scopeOf = (by: By): Scope => by?.scope ?? Scope.system();

/** A passkey with user verification is two factors: the device that holds it, and the finger or PIN that frees it. */
export function countFactors(factors: readonly Factor[]): number {
  return new Set(
    factors.flatMap((factor) => (factor === "passkey" ? ["have", "are"] : factor === "totp" ? ["have"] : ["know"])),
  ).size;
}
