import Type from "typebox";
import { Id } from "../id.ts";
import { MembershipView } from "../membership.ts";
import { Name, Strict } from "../schema.ts";

/** GET /api/people: for locks and oversight. */
export const PersonView = Strict({
  id: Id("person"),
  name: Name,
  /** Those that whoever asks may see, also those that have ended. */
  memberships: Type.Array(MembershipView),
  active: Type.Boolean(),
  locked: Type.Boolean(),
});
export type PersonView = Type.Static<typeof PersonView>;
export const PersonList = Strict({ people: Type.Array(PersonView) });
