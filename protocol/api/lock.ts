import Type from "typebox";
import { Id } from "../id.ts";
import { lockKinds } from "../lock.ts";
import { PersonRef } from "../person.ts";
import { Instant, Name, Nullable, OneOf, Opaque, ReasonText, Strict } from "../schema.ts";
import { Site } from "../site.ts";

/**
 * POST /api/locks: `target` is the id of the thing, null for everything. `site` is the one at which it holds; whoever is an officer
 * of several names it.
 */
export const LockCreate = {
  body: Strict({
    kind: OneOf(lockKinds),
    target: Nullable(Type.String({ maxLength: 32 })),
    site: Type.Optional(Id("site")),
    reason: ReasonText,
  }),
};
export const LockView = Strict({
  id: Id("lock"),
  kind: OneOf(lockKinds),
  target: Nullable(Opaque),
  /** Name of the target, for people. */
  name: Nullable(Name),
  /** At which it holds; null for all of them. */
  site: Nullable(Site),
  reason: ReasonText,
  createdAt: Instant,
  createdBy: PersonRef,
  liftedAt: Nullable(Instant),
  liftedBy: Nullable(PersonRef),
});
export type LockView = Type.Static<typeof LockView>;
export const LockList = Strict({ locks: Type.Array(LockView) });
/** POST /api/locks/:id/lift */
export const LockLift = { body: Strict({ reason: ReasonText }) };
