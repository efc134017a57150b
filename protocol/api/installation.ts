import Type from "typebox";
import { Nullable, Strict } from "../schema.ts";

/** GET /api/installation: under which names this Genkan lives. */
export const InstallationView = Strict({
  portal: Type.String(),
  staff: Type.String(),
  accessDomain: Type.String(),
  accessPort: Nullable(Type.Integer()),
});
export type InstallationView = Type.Static<typeof InstallationView>;
