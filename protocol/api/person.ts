import Type from "typebox";
import { Id } from "../id.ts";
import { RoleName } from "../person.ts";
import { Name, Nullable, Strict } from "../schema.ts";
import { Site } from "../site.ts";
import { VendorOrNull } from "../vendor.ts";

/** GET /api/people: for locks and oversight. */
export const PersonView = Strict({
  id: Id("person"),
  name: Name,
  roles: Type.Array(RoleName),
  vendor: VendorOrNull,
  site: Nullable(Site),
  active: Type.Boolean(),
  locked: Type.Boolean(),
});
export type PersonView = Type.Static<typeof PersonView>;
export const PersonList = Strict({ people: Type.Array(PersonView) });
