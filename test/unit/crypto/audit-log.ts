import { generateKeyPairSync } from "node:crypto";
import {
  exportCheckpointLine,
  exportHeaderLine,
  exportRecordLine,
  type StoredRecord,
  writeAuditExport,
} from "../../../crypto/audit-export.ts";
import { commitRecord } from "../../../crypto/audit-record.ts";
import { CompactRange } from "../../../crypto/merkle.ts";
import { formatVerifierKey, signCheckpoint } from "../../../crypto/signed-note.ts";
import type { AuditAudience } from "../../../protocol/audit-export.ts";

/** A log as a store would hold it, with a signed checkpoint after each batch. */
export const origin = "genkan.example/log";
export const logKey = generateKeyPairSync("ed25519");
export const verifierKey = formatVerifierKey(origin, logKey.publicKey);

export interface Log {
  readonly records: StoredRecord[];
  /** Sizes at which it was signed, and the notes. */
  readonly checkpoints: { size: number; note: string }[];
}

export function recordOf(
  index: number,
  text = `record ${index}`,
  owner: { site?: string | null; vendor?: string | null } = {},
): StoredRecord {
  const salt = Buffer.alloc(32, index + 1);
  const at = new Date(Date.UTC(2026, 0, 1) + index * 1_000).toISOString();
  const body = JSON.stringify({ at, action: "test", text, ...owner });
  return { index, salt, body, leaf: commitRecord({ salt, body }).leaf };
}

export function erased({ index, leaf }: StoredRecord): StoredRecord {
  return { index, salt: null, body: null, leaf };
}

export function logOf(records: readonly StoredRecord[], sizes: readonly number[]): Log {
  const tree = new CompactRange();
  const checkpoints: Log["checkpoints"] = [];
  for (const [at, record] of records.entries()) {
    tree.append(record.leaf);
    const size = at + 1;
    if (sizes.includes(size)) {
      checkpoints.push({ size, note: signCheckpoint({ origin, size, root: tree.root() }, logKey.privateKey) });
    }
  }
  return { records: [...records], checkpoints };
}

/** `count` records in batches; the last batch may be shorter. */
export function makeLog(count: number, batches: readonly number[]): Log {
  const sizes: number[] = [];
  for (let size = 0, at = 0; size < count; at += 1) {
    size = Math.min(count, size + (batches[at % batches.length] ?? 1));
    sizes.push(size);
  }
  const records = Array.from({ length: count }, (_, index) => recordOf(index));
  return logOf(records, sizes);
}

export function linesOf({ records, checkpoints }: Log, audience: AuditAudience | null = null): string[] {
  const lines = [exportHeaderLine({ origin, key: verifierKey, audience })];
  for (const [at, record] of records.entries()) {
    lines.push(exportRecordLine(record, audience));
    for (const { size, note } of checkpoints) if (size === at + 1) lines.push(exportCheckpointLine(note));
  }
  return lines;
}

export async function* stream<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  yield* items;
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A file of these lines, each ended as it must be. */
export function fileOf(lines: Iterable<string>): AsyncIterable<Uint8Array> {
  return stream([Buffer.from([...lines].map((line) => `${line}\n`).join(""))]);
}

/** Written as the authority does, cut into chunks of `chunkBytes`. */
export function writtenFile(
  log: Log,
  chunkBytes: number,
  audience: AuditAudience | null = null,
): AsyncIterable<Uint8Array> {
  const written = writeAuditExport({
    origin,
    key: verifierKey,
    records: stream(log.records),
    checkpoints: stream(log.checkpoints),
    audience,
    size: log.checkpoints.at(-1)?.size ?? 0,
  });
  return chunksOf(written, chunkBytes);
}

export async function* chunksOf(
  texts: AsyncIterable<string | Uint8Array>,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  for await (const text of texts) {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
}
