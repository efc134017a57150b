import { hash } from "node:crypto";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { leafHash } from "./merkle.ts";

/** Bytes of the random salt of a record. Without it a body that can be guessed could be confirmed from its leaf. */
export const auditSaltBytes = 32;

/** What the log commits to for one record. */
export interface AuditCommitment {
  /** SHA-256 of the body's bytes. It is erased with the body: alone, a guess could be checked against it. */
  readonly commitment: Uint8Array;
  /** The leaf's bytes in the tree. */
  readonly leafBytes: Uint8Array;
  /** Hash of the leaf: all that is left of an erased record, and enough for the tree to verify. */
  readonly leaf: Uint8Array;
}

/**
 * A leaf of the log is a salted commitment to its body, which stands apart and can be erased by law:
 *
 * ```
 * +-----------------+------+------------+--------------------------+
 * | genkan/audit/v1 | 0x00 | salt (32)  | SHA-256 of the body (32) |
 * +-----------------+------+------------+--------------------------+
 * ```
 *
 * `salt` is fresh randomness for each record; `body` is the exact JSON text, hashed as UTF-8 and never serialised again.
 * Throws `body-too-large` beyond {@link limits.auditBodyBytes}, `internal` for a wrong salt or text that has no UTF-8.
 */
export function commitRecord(record: { salt: Uint8Array; body: string }): AuditCommitment {
  if (record.salt.length !== auditSaltBytes) throw new GenkanError("internal", "A salt has 32 bytes.");
  if (!record.body.isWellFormed()) throw new GenkanError("internal", "A body is well-formed text.");
  if (Buffer.byteLength(record.body) > limits.auditBodyBytes) {
    throw new GenkanError("body-too-large", "An audit record.");
  }
  const commitment = bodyHash(record.body);
  const leafBytes = Buffer.concat([Buffer.from("genkan/audit/v1\0"), record.salt, commitment]);
  return { commitment, leafBytes, leaf: leafHash(leafBytes) };
}

/** SHA-256 of a body's UTF-8 bytes, whatever it is: an export shows what the store has, and judges nothing. */
export function bodyHash(body: string): Uint8Array {
  return hash("sha256", body, "buffer");
}
