import type { Static, TSchema } from "typebox";
import { Check } from "typebox/value";
import {
  AuditExportCheckpoint,
  AuditExportHeader,
  AuditExportRecord,
  type AuditProblem,
} from "../protocol/audit-export.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { Instant } from "../protocol/schema.ts";
import { commitRecord } from "./audit-record.ts";
import { CompactRange } from "./merkle.ts";
import {
  type Checkpoint,
  formatVerifierKey,
  isSignedBy,
  openCheckpoint,
  parseCheckpoint,
  parseVerifierKey,
  type UnverifiedCheckpoint,
  type VerifierKey,
} from "./signed-note.ts";

export type AuditVerdict =
  | {
      readonly ok: true;
      readonly records: number;
      /** Of these, tombstones. */
      readonly erased: number;
      readonly checkpoints: number;
      /** Root of the whole tree, base64 as a checkpoint writes it. */
      readonly root: string;
      readonly size: number;
      /** `at` of the first and the last record that still say when they were; UTC, RFC 3339. */
      readonly first?: string;
      readonly last?: string;
    }
  | {
      readonly ok: false;
      readonly problem: AuditProblem;
      /** Index of the first bad record, as exactly as the file tells; null when no record is at fault. */
      readonly firstBad: number | null;
      /** The last record that a signed checkpoint of the file vouches for; -1 for none. */
      readonly lastGood: number;
      /** Line of the file at which it showed, from 1. */
      readonly line: number;
      /** First and last index between which the first bad record lies, when each of them agrees with itself. */
      readonly between?: readonly [number, number];
    };

export interface AuditExpectation {
  /** The file must end with this tree: root in base64, as a checkpoint writes it. */
  readonly expect?: { readonly size: number; readonly root: string };
  /** A checkpoint note kept from before: the file must contain that tree, and may go on after it. */
  readonly since?: string;
}

/** What is wrong, and with which record; the reader adds where. */
interface Finding {
  readonly problem: AuditProblem;
  readonly firstBad: number | null;
  readonly between?: readonly [number, number];
  /** Only for what puts the file's own checkpoints in doubt. */
  readonly lastGood?: number;
}

/**
 * Verifies an export line by line (without newlines; `auditExportLines` makes them), in memory of O(log n), and offline:
 * all that is trusted is `verifierKey`, which the reader has from elsewhere. It stops at the first thing that is wrong.
 *
 * An edited, deleted, inserted or moved record is named by its index. Where body, commitment and leaf were all redone, or
 * the indexes renumbered, only a signature can tell: then `between` is the range back to the checkpoint before, and
 * `firstBad` its start. A record that is named is not proof that those after `lastGood` and before it are whole.
 *
 * What the file alone can't show: that it was cut at a checkpoint, since a shorter log is a valid one. Give `expect` or
 * `since` for that. Nor does it show that an erasure was lawful, or that what was logged is true.
 *
 * Throws `bad-request` for a malformed key and `checkpoint-malformed` or `checkpoint-refused` for such a `since`; all
 * that is wrong with the file is in the verdict.
 */
export async function verifyAuditExport(
  lines: AsyncIterable<string>,
  verifierKey: string,
  { expect, since }: AuditExpectation = {},
): Promise<AuditVerdict> {
  const key = parseVerifierKey(verifierKey);
  const reading = new Reading(key, since === undefined ? undefined : openCheckpoint(since, key));
  let line = 0;
  for await (const text of lines) {
    line += 1;
    const finding = line === 1 ? reading.header(text) : reading.line(text);
    if (finding !== undefined) return reading.refusal(finding, line);
  }
  const finding = line === 0 ? { problem: "header-malformed" as const, firstBad: null } : reading.end(expect);
  return finding === undefined ? reading.verdict() : reading.refusal(finding, line);
}

class Reading {
  readonly #key: VerifierKey;
  readonly #kept: Checkpoint | undefined;
  readonly #tree = new CompactRange();
  /** Records that a signed checkpoint covers. */
  #covered = 0;
  #checkpoints = 0;
  #erased = 0;
  #first: string | undefined;
  #last: string | undefined;

  constructor(key: VerifierKey, kept: Checkpoint | undefined) {
    this.#key = key;
    this.#kept = kept;
  }

  header(text: string): Finding | undefined {
    const header = parseLine(AuditExportHeader, text);
    if (header === undefined) return { problem: "header-malformed", firstBad: null };
    if (header.origin !== this.#key.name) return { problem: "origin-mismatch", firstBad: null };
    const key = formatVerifierKey(this.#key.name, this.#key.publicKey);
    return header.key === key ? undefined : { problem: "key-mismatch", firstBad: null };
  }

  line(text: string): Finding | undefined {
    // A line that can't be read is blamed on the record that had to come, unless it meant to be a checkpoint.
    const firstBad = text.startsWith('{"checkpoint":') ? null : this.#tree.size;
    if (Buffer.byteLength(text) > limits.auditLineBytes) return { problem: "line-too-long", firstBad };
    const record = parseLine(AuditExportRecord, text);
    if (record !== undefined) return this.#record(record.record);
    const checkpoint = parseLine(AuditExportCheckpoint, text);
    if (checkpoint !== undefined) return this.#checkpoint(checkpoint.checkpoint);
    return { problem: "line-malformed", firstBad };
  }

  #record(record: AuditExportRecord["record"]): Finding | undefined {
    const due = this.#tree.size;
    if (record.index !== due) {
      // A number that comes twice in a row: the first of the two is as suspect as the second, unless it was signed for.
      const repeated = record.index === due - 1 && record.index >= this.#covered;
      return { problem: "index-out-of-order", firstBad: repeated ? record.index : due };
    }
    const leaf = Buffer.from(record.leaf, "base64url");
    if (leaf.toString("base64url") !== record.leaf) return { problem: "line-malformed", firstBad: due };
    if (record.body === null) this.#erased += 1;
    else {
      const problem = bodyProblem(record);
      if (problem !== undefined) return { problem, firstBad: due };
      const at = instantOf(record.body);
      this.#first ??= at;
      this.#last = at ?? this.#last;
    }
    this.#tree.append(leaf);
    return this.#compareKept();
  }

  /** The file may be signed in every line and yet be another history than the one that was kept: a split view. */
  #compareKept(): Finding | undefined {
    const kept = this.#kept;
    if (kept === undefined || kept.size !== this.#tree.size) return undefined;
    if (Buffer.compare(kept.root, this.#tree.root()) === 0) return undefined;
    return { problem: "kept-mismatch", firstBad: 0, between: [0, kept.size - 1], lastGood: -1 };
  }

  #checkpoint(note: string): Finding | undefined {
    const records = this.#tree.size;
    let checkpoint: UnverifiedCheckpoint;
    try {
      checkpoint = parseCheckpoint(note);
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      return this.#uncovered("checkpoint-malformed");
    }
    if (checkpoint.origin !== this.#key.name) return this.#uncovered("checkpoint-origin");
    if (!isSignedBy(checkpoint, this.#key)) return this.#uncovered("checkpoint-signature");
    if (checkpoint.size !== records) {
      // Too many or too few by their numbers; had they been renumbered, the bad one may be anywhere since the last good one.
      const firstBad = Math.max(this.#covered, Math.min(checkpoint.size, records));
      return this.#uncovered("checkpoint-size", Math.max(checkpoint.size, records), firstBad);
    }
    if (Buffer.compare(checkpoint.root, this.#tree.root()) !== 0) return this.#uncovered("checkpoint-root");
    this.#covered = records;
    this.#checkpoints += 1;
    return undefined;
  }

  /** Nothing vouches for the records after the last good checkpoint: the bad one is among them. */
  #uncovered(problem: AuditProblem, end = this.#tree.size, firstBad = this.#covered): Finding {
    return end === this.#covered
      ? { problem, firstBad: null }
      : { problem, firstBad, between: [this.#covered, end - 1] };
  }

  end(expect: AuditExpectation["expect"]): Finding | undefined {
    if (this.#checkpoints === 0 || this.#covered < this.#tree.size) return this.#uncovered("truncated");
    const due = Math.max(this.#kept?.size ?? 0, expect?.size ?? 0);
    if (this.#covered < due) return { problem: "truncated", firstBad: this.#covered };
    if (expect === undefined || (expect.size === this.#covered && expect.root === this.#root())) return undefined;
    return expect.size === this.#covered
      ? { problem: "expected-mismatch", firstBad: 0, between: [0, expect.size - 1], lastGood: -1 }
      : { problem: "expected-mismatch", firstBad: null };
  }

  refusal(finding: Finding, line: number): AuditVerdict {
    return { ok: false, lastGood: this.#covered - 1, ...finding, line };
  }

  verdict(): AuditVerdict {
    return {
      ok: true,
      records: this.#tree.size,
      erased: this.#erased,
      checkpoints: this.#checkpoints,
      root: this.#root(),
      size: this.#tree.size,
      ...(this.#first === undefined ? {} : { first: this.#first }),
      ...(this.#last === undefined ? {} : { last: this.#last }),
    };
  }

  #root(): string {
    return Buffer.from(this.#tree.root()).toString("base64");
  }
}

/** Exact form only: a line with white space, a member twice or another escape would read differently elsewhere. */
function parseLine<S extends TSchema>(schema: S, text: string): Static<S> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return Check(schema, value) && JSON.stringify(value) === text ? value : undefined;
}

function bodyProblem(record: {
  salt: string;
  body: string;
  commitment: string;
  leaf: string;
}): AuditProblem | undefined {
  const salt = Buffer.from(record.salt, "base64url");
  // Another text with the same bytes: 43 characters of base64url carry two bits that decode to nothing.
  if (salt.toString("base64url") !== record.salt || !record.body.isWellFormed()) return "line-malformed";
  if (Buffer.byteLength(record.body) > limits.auditBodyBytes) return "line-too-long";
  const { commitment, leaf } = commitRecord({ salt, body: record.body });
  if (Buffer.from(commitment).toString("base64url") !== record.commitment) return "commitment-mismatch";
  return Buffer.from(leaf).toString("base64url") === record.leaf ? undefined : "leaf-mismatch";
}

/** When the record says that it happened; undefined for a body of another shape, which is no fault of the log. */
function instantOf(body: string): string | undefined {
  try {
    const { at } = JSON.parse(body) as { at?: unknown };
    return Check(Instant, at) ? at : undefined;
  } catch {
    return undefined;
  }
}
