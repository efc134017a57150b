import { type AuditProblem, faultOf } from "../protocol/audit-export.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { type RecordLine, readLine } from "./audit-line.ts";
import type { AuditRefusal } from "./audit-verify.ts";
import { merkleHashBytes } from "./merkle.ts";
import { verifyInclusion } from "./merkle-proof.ts";
import {
  decodeBase64,
  isSignedBy,
  parseCheckpoint,
  parseVerifierKey,
  type UnverifiedCheckpoint,
} from "./signed-note.ts";

/**
 * The proof of one record as a file, C2SP tlog-proof:
 *
 * ```
 * c2sp.org/tlog-proof@v1\n
 * extra <base64 of the record's line in an export, from which its leaf is made>\n
 * index <place in the log, decimal>\n
 * <sibling hashes from the leaf up, base64>\n      none or more lines
 * \n
 * <checkpoint>
 * ```
 */
export const proofHead = "c2sp.org/tlog-proof@v1";

/** No tree that a number counts has more levels. */
const levels = 53;

/** `line`: the record's in an export, without its newline. `proof`: as `inclusionProof` makes it. `note`: a checkpoint. */
export function writeRecordProof(of: {
  line: string;
  index: number;
  proof: readonly Uint8Array[];
  note: string;
}): string {
  const hashes = of.proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("");
  return `${proofHead}\nextra ${Buffer.from(of.line).toString("base64")}\nindex ${of.index}\n${hashes}\n${of.note}`;
}

export type ProofVerdict =
  | {
      readonly ok: true;
      /** Place of the record in the log. */
      readonly proved: number;
      /** Its exact JSON text; null once it was erased. */
      readonly body: string | null;
      /** Records of the log that it stands in, and that log's root in base64. */
      readonly size: number;
      readonly root: string;
    }
  | AuditRefusal;

/**
 * Verifies the proof of one record, offline: all that is trusted is `verifierKey`. `file` is the whole of it, of at most
 * {@link limits.auditProofBytes}. Throws `bad-request` for a malformed key; all else is in the verdict.
 */
export function verifyRecordProof(file: Uint8Array, verifierKey: string): ProofVerdict {
  const key = parseVerifierKey(verifierKey);
  const read = readProof(file);
  if ("problem" in read) return refusal(read.problem, read.line);
  const { index, record, proof, note, noteLine } = read;
  if (record.index !== index) return refusal("proof-malformed", 3);
  if (record.problem !== null) return refusal(record.problem, 2, index);
  let checkpoint: UnverifiedCheckpoint;
  try {
    checkpoint = parseCheckpoint(note);
  } catch (error) {
    if (!(error instanceof GenkanError)) throw error;
    return refusal("checkpoint-malformed", noteLine);
  }
  const { origin, size, root } = checkpoint;
  if (origin !== key.name) return refusal("origin-mismatch", noteLine);
  if (!isSignedBy(checkpoint, key)) return refusal("checkpoint-signature", noteLine);
  if (index >= size) return refusal("checkpoint-size", noteLine, index);
  if (!verifyInclusion({ index, size, leaf: record.leaf, proof, root }))
    return refusal("checkpoint-root", noteLine, index);
  return { ok: true, proved: index, body: record.body, size, root: Buffer.from(root).toString("base64") };
}

function refusal(problem: AuditProblem, line: number, firstBad: number | null = null): AuditRefusal {
  return { ok: false, fault: faultOf(problem), problem, firstBad, lastGood: null, line };
}

interface ReadProof {
  readonly index: number;
  readonly record: RecordLine;
  readonly proof: readonly Uint8Array[];
  readonly note: string;
  readonly noteLine: number;
}

function readProof(file: Uint8Array): ReadProof | { problem: AuditProblem; line: number } {
  const text = textOf(file);
  if (text?.replace("\ufeff", "").startsWith(proofHead) !== true) return { problem: "not-an-export", line: 1 };
  if (text.startsWith("\ufeff")) return { problem: "byte-order-mark", line: 1 };
  // Names, digits and base64 are all that a proof has.
  if (text.includes("\r")) return { problem: "line-ends", line: 1 };
  const lines = text.split("\n");
  if (!text.endsWith("\n")) return { problem: "cut-short", line: lines.length };
  const [head, extra = "", at = "", ...rest] = lines;
  const end = rest.indexOf("");
  const digits = /^index (0|[1-9][0-9]*)$/.exec(at)?.[1];
  const index = Number(digits ?? Number.NaN);
  const proof = rest.slice(0, Math.max(0, end)).map(decodeBase64);
  const line = extra.startsWith("extra ") ? decodeBase64(extra.slice("extra ".length)) : undefined;
  const record = line === undefined ? null : readLine(textOf(line) ?? "", null);
  const hashes = proof.filter((hash) => hash?.length === merkleHashBytes) as Uint8Array[];
  if (head !== proofHead || record === null || !("leaf" in record)) return { problem: "proof-malformed", line: 2 };
  if (!Number.isSafeInteger(index)) return { problem: "proof-malformed", line: 3 };
  if (end < 0 || hashes.length !== proof.length || proof.length > levels)
    return { problem: "proof-malformed", line: 4 };
  return { index, record, proof: hashes, note: rest.slice(end + 1).join("\n"), noteLine: end + 5 };
}

function textOf(bytes: Uint8Array): string | null {
  if (bytes.length > limits.auditProofBytes) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
