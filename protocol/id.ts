import Type from "typebox";
import { type IdKind, type Id as IdOf, idPattern } from "./make-id.ts";

/** Schema of an id of one kind. */
export const Id = <K extends IdKind>(kind: K) => Type.Unsafe<IdOf<K>>(Type.String({ pattern: idPattern(kind) }));
export type Id<K extends IdKind> = IdOf<K>;
