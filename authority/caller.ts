import { type Actor, hostActor, personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";

/**
 * Who calls a verb: somebody who is signed in, or whoever has the authority's host. A machine with an account of its own is none yet,
 * for nothing calls as one: it comes with the first that does. What only a person can do takes a {@link PersonCaller}.
 */
export type Caller = PersonCaller | HostCaller;

/** Somebody who is signed in, as authentication proved it. Nothing else makes one. */
export interface PersonCaller {
  readonly kind: "person";
  readonly person: Person;
  readonly face: Face;
  readonly scope: Scope;
  readonly signIn: {
    readonly id: Id<"signIn">;
    readonly factors: readonly Factor[];
    readonly workstation: Id<"workstation"> | null;
  };
}

/** The commands of the authority's host: whoever may run them has its store and its keys anyway, so they see all. */
export interface HostCaller {
  readonly kind: "host";
  readonly scope: Scope;
}
export const host: HostCaller = { kind: "host", scope: Scope.system() };

/** Who it is to the log. */
export const actorOf = (by: Caller): Actor => (by.kind === "person" ? personActor(by.person) : hostActor);

/** Before an act on what is of no site but of all. Throws `not-found` for an administrator of a site alone. */
export function requireInstallation(by: Caller): void {
  if (!by.scope.unbounded) throw new GenkanError("not-found");
}

/** A passkey with user verification is two factors: the device that holds it, and the finger or PIN that frees it. */
export function countFactors(factors: readonly Factor[]): number {
  return new Set(
    factors.flatMap((factor) => (factor === "passkey" ? ["have", "are"] : factor === "totp" ? ["have"] : ["know"])),
  ).size;
}
