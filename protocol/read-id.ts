import { GenkanError } from "./error.ts";
import { type Id, type IdKind, isId } from "./make-id.ts";

/** An id that a person typed. Throws `not-found` for what is none of this kind, for nothing has it. */
export function readId<K extends IdKind>(kind: K, text: string): Id<K> {
  if (!isId(kind, text)) throw new GenkanError("not-found", `${text} is no id of this kind: ${kind}.`);
  return text;
}
