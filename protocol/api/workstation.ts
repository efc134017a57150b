import Type from "typebox";
import { Id } from "../id.ts";
import { PersonRef } from "../person.ts";
import { Instant, Jws, Name, Nullable, OneOf, ReasonText, Strict, Thumbprint } from "../schema.ts";
import { workstationKeyKinds } from "../workstation.ts";

/** POST /api/workstations: adds the browser's key; the first key of a browser makes the workstation. */
export const WorkstationEnrol = {
  body: Strict({ proof: Jws, label: Name }),
  reply: Strict({ workstation: Id("workstation") }),
};
export const WorkstationView = Strict({
  id: Id("workstation"),
  label: Name,
  person: PersonRef,
  keys: Type.Array(
    Strict({
      id: Id("workstationKey"),
      kind: OneOf(workstationKeyKinds),
      thumbprint: Thumbprint,
      since: Instant,
    }),
  ),
  createdAt: Instant,
  /** When somebody was last signed in on it. */
  lastUsedAt: Nullable(Instant),
  locked: Type.Boolean(),
});
export type WorkstationView = Type.Static<typeof WorkstationView>;
export const WorkstationList = Strict({ workstations: Type.Array(WorkstationView) });

/** POST /api/workstations/:id/removal: by whoever administers its person. */
export const WorkstationRemoval = Strict({ reason: ReasonText });
