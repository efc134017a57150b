import Type from "typebox";
import { AuditBody } from "../audit.ts";
import { Id } from "../id.ts";
import { limits } from "../limits.ts";
import { Count, Instant, Nullable, OneOf, Opaque, Strict } from "../schema.ts";

export const AuditRecordView = Strict({
  id: Id("audit"),
  /** Position in the log. */
  index: Count,
  /** `erased` by law, or `damaged`: what the store has is no record any more. */
  state: OneOf(["kept", "erased", "damaged"]),
  /** Null unless it is kept. */
  body: Nullable(AuditBody),
});
export type AuditRecordView = Type.Static<typeof AuditRecordView>;
/** Query of GET /api/audit */
export const AuditQuery = Strict({
  before: Type.Optional(Count),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
  /** Id of what a record is about, or of who acted. */
  subject: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  actor: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  action: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  outcome: Type.Optional(AuditBody.properties.outcome),
  /** Both included. */
  from: Type.Optional(Instant),
  to: Type.Optional(Instant),
});
/** GET /api/audit?before=INDEX&limit=N, newest first */
export const AuditPage = Strict({
  records: Type.Array(AuditRecordView),
  /** `before` of the next page, which may have records though this one has few; null when there are no more. */
  next: Nullable(Count),
  size: Type.Integer(),
  checkpoint: Nullable(Type.String({ maxLength: limits.checkpointBytes })),
  /** Verifier key of the log: whoever holds it verifies an export offline. */
  key: Opaque,
});

/** Query of GET /api/audit/proof, which answers a C2SP tlog-proof. */
export const AuditProofQuery = Strict({ index: Count });
