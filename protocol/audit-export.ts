import Type from "typebox";
import { limits } from "./limits.ts";
import { Bytes32, Count, Nullable, Strict } from "./schema.ts";

/** Whose record it is: ids, null where there is none. */
export interface AuditOwner {
  readonly site: string | null;
  readonly vendor: string | null;
}

const ids = Type.Array(Type.String({ maxLength: 64 }));

/**
 * Whom a file was written for: whoever reads the log of these sites, and the vendors that maintain a device there. Without a
 * site it tells nothing of anybody.
 */
export const AuditAudience = Strict({ sites: ids, vendors: ids });
export type AuditAudience = Type.Static<typeof AuditAudience>;

/**
 * Whether a file for this audience tells a record: its sites' own, and those of no site that are of no vendor or of one
 * that maintains a device there. A file for everybody (null) tells all.
 */
export function isTold(audience: AuditAudience | null, { site, vendor }: AuditOwner): boolean {
  if (audience === null) return true;
  if (audience.sites.length === 0) return false;
  return site === null ? vendor === null || audience.vendors.includes(vendor) : audience.sites.includes(site);
}

/**
 * A log as a file: JSON lines, each exactly as `JSON.stringify` writes it and ended by one line feed. First the header;
 * then one line for every record from index 0 in order, and each signed checkpoint after the last record that it covers;
 * a checkpoint that covers all ends it. Layout and verification: `docs/audit-log.md`.
 */
export const AuditExportHeader = Strict({
  type: Type.Literal("genkan/audit-export/v1"),
  origin: Type.String({ minLength: 1, maxLength: limits.originCharacters }),
  /** Verifier key of the log: another than that of whoever verifies means another log, and nothing else rests on it. */
  key: Type.String({ minLength: 1, maxLength: 2 * limits.originCharacters }),
  /** Null for everybody. */
  audience: Nullable(AuditAudience),
});
export type AuditExportHeader = Type.Static<typeof AuditExportHeader>;

export const AuditExportRecord = Strict({
  record: Strict({
    index: Count,
    /** 32 random bytes, base64url. */
    salt: Bytes32,
    /** Exact JSON text, as it was committed. */
    /** One of more than `auditBodyBytes` fits, so that it is told as too long rather than as malformed. */
    body: Type.String({ maxLength: limits.auditLineBytes }),
    /** SHA-256 of the body. */
    commitment: Bytes32,
    /** Hash of the leaf (RFC 6962, section 2.1). */
    leaf: Bytes32,
  }),
});
export type AuditExportRecord = Type.Static<typeof AuditExportRecord>;

/** Another's record: whose it is, blinded, which its leaf commits to; and nothing of what it says. */
export const AuditExportWithheld = Strict({
  withheld: Strict({
    index: Count,
    ownerSalt: Bytes32,
    site: Bytes32,
    vendor: Bytes32,
    /** SHA-256 of the salt and the body's SHA-256. */
    seal: Bytes32,
    leaf: Bytes32,
  }),
});
export type AuditExportWithheld = Type.Static<typeof AuditExportWithheld>;

/** The body was erased by law, and with it whatever a guess at the body could be checked against. */
export const AuditExportErased = Strict({ erased: Strict({ index: Count, leaf: Bytes32 }) });
export type AuditExportErased = Type.Static<typeof AuditExportErased>;

/** What the store lacked when the file was written, and must have had: records from `first` to `last`, or a checkpoint. */
export const AuditExportMissing = Strict({
  missing: Type.Union([Strict({ first: Count, last: Count }), Strict({ checkpoint: Count })]),
});
export type AuditExportMissing = Type.Static<typeof AuditExportMissing>;

/** C2SP tlog-checkpoint, the whole note. */
export const AuditExportCheckpoint = Strict({ checkpoint: Type.String({ maxLength: limits.checkpointBytes }) });
export type AuditExportCheckpoint = Type.Static<typeof AuditExportCheckpoint>;

/**
 * Problems of the file alone: it is none of this log, or was changed on its way in a manner that says the same or breaks
 * off. It proves nothing, and says nothing against the log.
 */
export const fileProblems = [
  "not-an-export",
  "byte-order-mark",
  "line-ends",
  "line-broken",
  "line-reformatted",
  "cut-short",
  "truncated",
  "header-malformed",
  "key-mismatch",
  "origin-mismatch",
  "proof-malformed",
] as const;

/** Problems of the log that the file holds, or of the record that is to be proved. */
export const logProblems = [
  "line-malformed",
  "line-too-long",
  "index-out-of-order",
  "commitment-mismatch",
  "leaf-mismatch",
  "withheld-own",
  "told-foreign",
  "record-missing",
  "checkpoint-missing",
  "checkpoint-malformed",
  "checkpoint-origin",
  "checkpoint-signature",
  "checkpoint-size",
  "checkpoint-root",
  "shortened",
  "kept-mismatch",
  "expected-mismatch",
] as const;

/** What is wrong with an export or a proof: a closed set, in words in `text/`. */
export const auditProblems = [...fileProblems, ...logProblems] as const;
export type AuditProblem = (typeof auditProblems)[number];

/** Whether a file or the log is at fault. */
export function faultOf(problem: AuditProblem): "file" | "log" {
  return fileProblems.some((one) => one === problem) ? "file" : "log";
}
