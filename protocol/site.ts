import type Type from "typebox";
import { Id } from "./id.ts";
import { Name, Strict } from "./schema.ts";

export const Site = Strict({ id: Id("site"), name: Name });
export type Site = Type.Static<typeof Site>;
