import Type from "typebox";
import { type IdKind, idPrefixes } from "./make-id.ts";

/** Schema of an id of one kind. */
export const Id = (kind: IdKind) => Type.String({ pattern: `^${idPrefixes[kind]}_[0-9a-hjkmnp-tv-z]{16}$` });
