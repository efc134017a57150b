import Type from "typebox";
import { limits } from "./limits.ts";
import { Sha256, Strict } from "./schema.ts";

/**
 * A log as a file: JSON lines, each exactly as `JSON.stringify` writes it. First the header; then every record from
 * index 0 in order, and each signed checkpoint after the last record that it covers; a checkpoint that covers all ends
 * it. Layout and verification: `docs/audit-log.md`.
 */
export const AuditExportHeader = Strict({
  type: Type.Literal("genkan/audit-export/v1"),
  origin: Type.String({ minLength: 1, maxLength: limits.originCharacters }),
  /** Verifier key of the log. Informational: whoever verifies brings the key from elsewhere. */
  key: Type.String({ minLength: 1, maxLength: 2 * limits.originCharacters }),
});
export type AuditExportHeader = Type.Static<typeof AuditExportHeader>;

const index = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export const AuditExportRecord = Strict({
  record: Type.Union([
    Strict({
      index,
      /** 32 random bytes, base64url. */
      salt: Sha256,
      /** Exact JSON text, as it was committed. */
      body: Type.String(),
      /** SHA-256 of the body. */
      commitment: Sha256,
      /** Hash of the leaf (RFC 6962, section 2.1). */
      leaf: Sha256,
    }),
    /** A tombstone: the body was erased by law, and with it whatever a guess at the body could be checked against. */
    Strict({ index, salt: Type.Null(), body: Type.Null(), commitment: Type.Null(), leaf: Sha256 }),
  ]),
});
export type AuditExportRecord = Type.Static<typeof AuditExportRecord>;

/** C2SP tlog-checkpoint, the whole note. */
export const AuditExportCheckpoint = Strict({ checkpoint: Type.String({ maxLength: limits.checkpointBytes }) });
export type AuditExportCheckpoint = Type.Static<typeof AuditExportCheckpoint>;

/** What is wrong with an export: a closed set, in words in `text/`. */
export const auditProblems = [
  "header-malformed",
  "key-mismatch",
  "origin-mismatch",
  "line-malformed",
  "line-too-long",
  "index-out-of-order",
  "commitment-mismatch",
  "leaf-mismatch",
  "checkpoint-malformed",
  "checkpoint-origin",
  "checkpoint-signature",
  "checkpoint-size",
  "checkpoint-root",
  "truncated",
  "kept-mismatch",
  "expected-mismatch",
] as const;
export type AuditProblem = (typeof auditProblems)[number];
