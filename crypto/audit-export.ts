import type { AuditExportCheckpoint, AuditExportHeader, AuditExportRecord } from "../protocol/audit-export.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { bodyHash } from "./audit-record.ts";
import { parseCheckpoint } from "./signed-note.ts";

/** A record as the store has it: all of it is written out unchecked, so that a row edited in the store is found and named. */
export interface StoredRecord {
  readonly index: number;
  /** 32 bytes; null once erased. */
  readonly salt: Uint8Array | null;
  /** Exact JSON text; null once erased. */
  readonly body: string | null;
  /** Hash of the leaf, 32 bytes. */
  readonly leaf: Uint8Array;
}

/** First line of an export, without its newline. */
export function exportHeaderLine(header: { origin: string; key: string }): string {
  const line: AuditExportHeader = { type: "genkan/audit-export/v1", origin: header.origin, key: header.key };
  return JSON.stringify(line);
}

/** Line of one record, without its newline. Without a body or a salt it is a tombstone. */
export function exportRecordLine({ index, salt, body, leaf }: StoredRecord): string {
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");
  const line: AuditExportRecord =
    salt === null || body === null
      ? { record: { index, salt: null, body: null, commitment: null, leaf: text(leaf) } }
      : {
          record: {
            index,
            salt: text(salt),
            body,
            commitment: text(bodyHash(body)),
            leaf: text(leaf),
          },
        };
  return JSON.stringify(line);
}

/** Line of one signed checkpoint, without its newline. */
export function exportCheckpointLine(note: string): string {
  const line: AuditExportCheckpoint = { checkpoint: note };
  return JSON.stringify(line);
}

/**
 * The lines of a whole export, each with its newline. `records` come from index 0 in order, `checkpoints` by rising size;
 * both are read as they are needed. Records that no checkpoint covers yet are left out: they belong to the next export.
 */
export async function* writeAuditExport(log: {
  origin: string;
  key: string;
  records: AsyncIterable<StoredRecord>;
  checkpoints: AsyncIterable<string>;
}): AsyncGenerator<string, void> {
  yield `${exportHeaderLine(log)}\n`;
  const records = log.records[Symbol.asyncIterator]();
  let written = 0;
  try {
    for await (const note of log.checkpoints) {
      for (const { size } = parseCheckpoint(note); written < size; written += 1) {
        const next = await records.next();
        if (next.done === true) throw new GenkanError("internal", "A checkpoint covers more records than there are.");
        yield `${exportRecordLine(next.value)}\n`;
      }
      yield `${exportCheckpointLine(note)}\n`;
    }
  } finally {
    await records.return?.();
  }
}

/**
 * Splits a file into the lines that `verifyAuditExport` reads, in memory of one line. Only `\n` ends a line: other line
 * ends stand inside of bodies. A line beyond {@link limits.auditLineBytes} comes out cut, one byte too long, and one that
 * is no UTF-8 comes out empty: the verifier refuses both by their line number.
 */
export async function* auditExportLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let held: Uint8Array[] = [];
  let bytes = 0;
  const hold = (part: Uint8Array) => {
    // Beyond the limit there is nothing to keep: one byte too many is what the verifier needs to see.
    const kept = part.subarray(0, limits.auditLineBytes + 1 - bytes);
    if (kept.length > 0) held.push(kept);
    bytes += kept.length;
  };
  const release = () => {
    const line = Buffer.concat(held);
    held = [];
    bytes = 0;
    try {
      return line.length > limits.auditLineBytes ? line.toString("latin1") : utf8.decode(line);
    } catch {
      return "";
    }
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      hold(chunk.subarray(start, end));
      start = end + 1;
      yield release();
    }
    hold(chunk.subarray(start));
  }
  if (bytes > 0) yield release();
}
