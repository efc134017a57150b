import Type from "typebox";
import { AuditBody } from "../audit.ts";
import { Id } from "../id.ts";
import { Count, Nullable, Strict } from "../schema.ts";

export const AuditRecordView = Strict({
  id: Id("audit"),
  /** Position in the log; null while it waits for its checkpoint. */
  index: Nullable(Type.Integer({ minimum: 0 })),
  /** Null when it was erased by law. */
  body: Nullable(AuditBody),
});
export type AuditRecordView = Type.Static<typeof AuditRecordView>;
/** Query of GET /api/audit */
export const AuditQuery = Strict({
  before: Type.Optional(Count),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200 })),
});
/** GET /api/audit?before=INDEX&limit=N, newest first */
export const AuditPage = Strict({
  records: Type.Array(AuditRecordView),
  size: Type.Integer(),
  checkpoint: Nullable(Type.String()),
  /** Verifier key of the log: whoever holds it verifies an export offline. */
  key: Type.String(),
});

/** Query of GET /api/audit/proof, which answers a C2SP tlog-proof. */
export const AuditProofQuery = Strict({ index: Count });
