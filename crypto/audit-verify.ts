import { type AuditAudience, type AuditProblem, faultOf } from "../protocol/audit-export.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Missing } from "./audit-export.ts";
import { type FileLine, fileLines } from "./audit-file.ts";
import { instantOf, type RecordLine, readHeader, readLine } from "./audit-line.ts";
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

/** Where and why a file does not verify. */
export interface AuditRefusal {
  readonly ok: false;
  /** `file`: it proves nothing, and says nothing against the log. `log`: the log that it holds is not whole. */
  readonly fault: "file" | "log";
  readonly problem: AuditProblem;
  /** Index of the first bad record, as exactly as the file tells; null when no record is at fault. */
  readonly firstBad: number | null;
  /** The last record that a signed checkpoint of the file vouches for; null for none. */
  readonly lastGood: number | null;
  /** Line of the file at which it showed, from 1; 0 for an empty file. */
  readonly line: number;
  /** First and last index between which the first bad record lies, when each of them agrees with itself. */
  readonly between?: readonly [number, number];
}

export type AuditVerdict =
  | {
      readonly ok: true;
      /** Whom the file is for; null for everybody. */
      readonly audience: AuditAudience | null;
      readonly records: number;
      /** Of these, erased by law. */
      readonly erased: number;
      /** Of these, others' than the audience's. */
      readonly withheld: number;
      readonly checkpoints: number;
      /** Root of the whole tree, base64 as a checkpoint writes it. */
      readonly root: string;
      readonly size: number;
      /** `at` of the first and the last record that still say when they were; UTC, RFC 3339. */
      readonly first?: string;
      readonly last?: string;
    }
  | AuditRefusal;

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
  readonly lastGood?: null;
}

/**
 * Verifies an exported file as it is read, in memory of O(log n), and offline: all that is trusted is `verifierKey`, which
 * the reader has from elsewhere. It stops at the first thing that is wrong.
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
  file: AsyncIterable<Uint8Array>,
  verifierKey: string,
  { expect, since }: AuditExpectation = {},
): Promise<AuditVerdict> {
  const key = parseVerifierKey(verifierKey);
  const reading = new Reading(key, since === undefined ? undefined : openCheckpoint(since, key));
  let line = 0;
  for await (const read of fileLines(file)) {
    line += 1;
    const finding = line === 1 ? reading.header(read) : reading.line(read);
    if (finding !== undefined) return reading.refusal(finding, line);
  }
  const finding = line === 0 ? { problem: "not-an-export" as const, firstBad: null } : reading.end(expect);
  return finding === undefined ? reading.verdict() : reading.refusal(finding, line);
}

class Reading {
  readonly #key: VerifierKey;
  readonly #kept: Checkpoint | undefined;
  readonly #tree = new CompactRange();
  #audience: AuditAudience | null = null;
  /** Records that a signed checkpoint covers. */
  #covered = 0;
  #checkpoints = 0;
  readonly #count = { told: 0, erased: 0, withheld: 0 };
  #first: string | undefined;
  #last: string | undefined;

  constructor(key: VerifierKey, kept: Checkpoint | undefined) {
    this.#key = key;
    this.#kept = kept;
  }

  header({ text, ended }: FileLine): Finding | undefined {
    const header = readHeader(text);
    if (typeof header === "string") return { problem: header, firstBad: null };
    if (!ended) return { problem: "cut-short", firstBad: null };
    if (header.origin !== this.#key.name) return { problem: "origin-mismatch", firstBad: null };
    const key = formatVerifierKey(this.#key.name, this.#key.publicKey);
    if (header.key !== key) return { problem: "key-mismatch", firstBad: null };
    this.#audience = header.audience;
    return undefined;
  }

  line({ text, ended }: FileLine): Finding | undefined {
    // A line that can't be read is blamed on the record that had to come, unless it meant to be a checkpoint.
    const firstBad = text.startsWith('{"checkpoint":') ? null : this.#tree.size;
    if (!ended) return { problem: "cut-short", firstBad };
    const line = readLine(text, this.#audience);
    if (line.kind === "bad") return { problem: line.problem, firstBad };
    if (line.kind === "checkpoint") return this.#checkpoint(line.note);
    if (line.kind === "missing") return this.#missing(line.missing);
    return this.#record(line);
  }

  #record(record: RecordLine): Finding | undefined {
    const due = this.#tree.size;
    if (record.index !== due) {
      // A number that comes twice in a row: the first of the two is as suspect as the second, unless it was signed for.
      const repeated = record.index === due - 1 && record.index >= this.#covered;
      return { problem: "index-out-of-order", firstBad: repeated ? record.index : due };
    }
    if (record.problem !== null) return { problem: record.problem, firstBad: due };
    this.#count[record.kind] += 1;
    const at = record.body === null ? undefined : instantOf(record.body);
    this.#first ??= at;
    this.#last = at ?? this.#last;
    this.#tree.append(record.leaf);
    return this.#compareKept();
  }

  #missing(missing: Missing): Finding {
    if ("checkpoint" in missing) return this.#uncovered("checkpoint-missing");
    const due = this.#tree.size;
    const { first, last } = missing;
    if (first !== due || last < first) return { problem: "index-out-of-order", firstBad: due };
    return { problem: "record-missing", firstBad: first, between: [first, last] };
  }

  /** The file may be signed in every line and yet be another history than the one that was kept: a split view. */
  #compareKept(): Finding | undefined {
    const kept = this.#kept;
    if (kept === undefined || kept.size !== this.#tree.size) return undefined;
    if (Buffer.compare(kept.root, this.#tree.root()) === 0) return undefined;
    return { problem: "kept-mismatch", firstBad: 0, between: [0, kept.size - 1], lastGood: null };
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
    if (this.#covered < due) return { problem: "shortened", firstBad: this.#covered };
    if (expect === undefined || (expect.size === this.#covered && expect.root === this.#root())) return undefined;
    return expect.size === this.#covered
      ? { problem: "expected-mismatch", firstBad: 0, between: [0, expect.size - 1], lastGood: null }
      : { problem: "expected-mismatch", firstBad: null };
  }

  refusal(finding: Finding, line: number): AuditRefusal {
    const lastGood = this.#covered === 0 ? null : this.#covered - 1;
    return { ok: false, fault: faultOf(finding.problem), lastGood, ...finding, line };
  }

  verdict(): AuditVerdict {
    return {
      ok: true,
      audience: this.#audience,
      records: this.#tree.size,
      erased: this.#count.erased,
      withheld: this.#count.withheld,
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
