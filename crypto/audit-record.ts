import { hash } from "node:crypto";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { type BlindOwner, blindOwner, ownerOf } from "./audit-owner.ts";
import { leafHash } from "./merkle.ts";

/** Bytes of the random salt of a record. Without it a body that can be guessed could be confirmed from its leaf. */
export const auditSaltBytes = 32;

/** What the log commits to for one record. */
export interface AuditCommitment {
  /** SHA-256 of the body's bytes. It is erased with the body: alone, a guess could be checked against it. */
  readonly commitment: Uint8Array;
  /** SHA-256 of salt and commitment: all that others are shown of a record that is withheld from them, besides its owner. */
  readonly seal: Uint8Array;
  /** The leaf's bytes in the tree. */
  readonly leafBytes: Uint8Array;
  /** Hash of the leaf: all that is left of an erased record, and enough for the tree to verify. */
  readonly leaf: Uint8Array;
}

/**
 * A leaf of the log is a salted commitment to its body, which stands apart and can be erased by law, and to whose record
 * it is, which can be shown without the body:
 *
 * ```
 * +-----------------+------+-----------------+--------------------+----------------------+-----------+
 * | genkan/audit/v1 | 0x00 | owner salt (32) | site, blinded (32) | vendor, blinded (32) | seal (32) |
 * +-----------------+------+-----------------+--------------------+----------------------+-----------+
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
  const seal = sealOf(record.salt, commitment);
  const leafBytes = leafOf(blindOwner(record.salt, ownerOf(record.body)), seal);
  return { commitment, seal, leafBytes, leaf: leafHash(leafBytes) };
}

/** SHA-256 of a body's UTF-8 bytes, whatever it is: an export shows what the store has, and judges nothing. */
export function bodyHash(body: string): Uint8Array {
  return hash("sha256", body, "buffer");
}

export function sealOf(salt: Uint8Array, commitment: Uint8Array): Uint8Array {
  return hash("sha256", Buffer.concat([salt, commitment]), "buffer");
}

/** A leaf's bytes, from what is shown of a record that is told or withheld. */
export function leafOf({ ownerSalt, site, vendor }: BlindOwner, seal: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from("genkan/audit/v1\0"), ownerSalt, site, vendor, seal]);
}
