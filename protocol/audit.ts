import Type from "typebox";
import { Id } from "./id.ts";
import { PersonRef } from "./person.ts";
import { ByName, Instant, Nullable, OneOf, Strict } from "./schema.ts";

/** One record of the log: who did what to what, with what outcome and why. */
export const AuditBody = Strict({
  at: Instant,
  action: Type.String({ maxLength: 64 }),
  outcome: OneOf(["allowed", "refused", "done"]),
  /** Null for what the system or an unknown caller did. */
  actor: Nullable(PersonRef),
  site: Nullable(Id("site")),
  vendor: Nullable(Id("vendor")),
  /** Ids of what it was about, by kind. */
  subjects: ByName(Type.String()),
  reasons: Type.Array(Type.String()),
  /** Facts that the decision stood on; classified, never a secret. */
  facts: ByName(Type.Unknown()),
});
export type AuditBody = Type.Static<typeof AuditBody>;
