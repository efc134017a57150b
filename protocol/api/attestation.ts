import Type from "typebox";
import { Id } from "../id.ts";
import { limits } from "../limits.ts";
import { PersonRef } from "../person.ts";
import { Instant, Nullable, Strict } from "../schema.ts";

/** GET /api/attestations: until when the company's word on each of its people counts. */
export const AttestationList = Strict({
  people: Type.Array(
    Strict({
      person: PersonRef,
      until: Instant,
      /** Since when they are suspended, for nobody has said that they still work there. */
      suspendedAt: Nullable(Instant),
    }),
  ),
});
export type AttestationList = Type.Static<typeof AttestationList>;

/** POST /api/attestations: these still work there. */
export const Attest = Strict({
  people: Type.Array(Id("person"), { minItems: 1, maxItems: limits.attestedAtOnce, uniqueItems: true }),
});
export type Attest = Type.Static<typeof Attest>;
