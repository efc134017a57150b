import Type from "typebox";
import { Nullable, Opaque, Strict, Uri } from "../schema.ts";

/** GET /api/installation: under which names this Genkan lives. */
export const InstallationView = Strict({
  portal: Uri,
  staff: Uri,
  accessDomain: Opaque,
  accessPort: Nullable(Type.Integer()),
});
export type InstallationView = Type.Static<typeof InstallationView>;
