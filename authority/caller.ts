import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import type { Person } from "../store/person.ts";
import type { Scope } from "../store/scope.ts";

/** Who calls, as authentication proved it. Nothing else makes one. */
export interface Caller {
  readonly person: Person;
  readonly face: Face;
  readonly scope: Scope;
  readonly signIn: { readonly id: string; readonly factors: readonly Factor[]; readonly workstation: string | null };
}

/** A passkey with user verification is two factors: the device that holds it, and the finger or PIN that frees it. */
export function countFactors(factors: readonly Factor[]): number {
  return new Set(
    factors.flatMap((factor) => (factor === "passkey" ? ["have", "are"] : factor === "totp" ? ["have"] : ["know"])),
  ).size;
}
