import {
  type AuditAudience,
  type AuditExportCheckpoint,
  type AuditExportErased,
  type AuditExportHeader,
  type AuditExportMissing,
  type AuditExportRecord,
  type AuditExportWithheld,
  type AuditOwner,
  isTold,
} from "../protocol/audit-export.ts";
import { blindOwner, ownerOf } from "./audit-owner.ts";
import { bodyHash, sealOf } from "./audit-record.ts";

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

/** What the store lacks and must have had. */
export type Missing = AuditExportMissing["missing"];

/** First line of an export, without its newline. */
export function exportHeaderLine(header: { origin: string; key: string; audience: AuditAudience | null }): string {
  const { origin, key, audience } = header;
  const line: AuditExportHeader = { type: "genkan/audit-export/v1", origin, key, audience };
  return JSON.stringify(line);
}

/** Line of one record, without its newline: told, withheld from this audience, or erased when it has no body or no salt. */
export function exportRecordLine(
  { index, salt, body, leaf }: StoredRecord,
  audience: AuditAudience | null = null,
): string {
  if (salt === null || body === null) {
    const line: AuditExportErased = { erased: { index, leaf: text(leaf) } };
    return JSON.stringify(line);
  }
  const commitment = bodyHash(body);
  const owner = ownerOf(body);
  const line: AuditExportRecord | AuditExportWithheld = isTold(audience, owner)
    ? { record: { index, salt: text(salt), body, commitment: text(commitment), leaf: text(leaf) } }
    : { withheld: { index, ...blindTexts(salt, owner), seal: text(sealOf(salt, commitment)), leaf: text(leaf) } };
  return JSON.stringify(line);
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64url");

function blindTexts(salt: Uint8Array, owner: AuditOwner) {
  const { ownerSalt, site, vendor } = blindOwner(salt, owner);
  return { ownerSalt: text(ownerSalt), site: text(site), vendor: text(vendor) };
}

/** Line of one signed checkpoint, without its newline. */
export function exportCheckpointLine(note: string): string {
  const line: AuditExportCheckpoint = { checkpoint: note };
  return JSON.stringify(line);
}

function missingLine(missing: Missing): string {
  const line: AuditExportMissing = { missing };
  return JSON.stringify(line);
}

export interface StoredLog {
  readonly origin: string;
  readonly key: string;
  readonly audience: AuditAudience | null;
  /** By rising index; where one is missing, so it is said. */
  readonly records: AsyncIterable<StoredRecord>;
  /** By rising size, that of the row: a note that was edited is written out as it is. */
  readonly checkpoints: AsyncIterable<{ size: number; note: string }>;
  /** Records that the tree has, by the state that it is kept in: as many must be covered. */
  readonly size: number;
}

/**
 * The lines of a whole export, each with its newline; all is read as it is needed. Records that no checkpoint covers yet
 * are left out: they belong to the next export. A log that was damaged is written out as far as it goes, with a line in
 * the place of what is missing; `lacks` is told each.
 */
export async function* writeAuditExport(log: StoredLog, lacks: (missing: Missing) => void = () => {}) {
  yield `${exportHeaderLine(log)}\n`;
  const records = log.records[Symbol.asyncIterator]();
  let written = 0;
  async function* recordsBelow(size: number): AsyncGenerator<string, void> {
    while (written < size) {
      if (next === undefined || next.index > written) {
        const end = Math.min(size, next?.index ?? size);
        const missing = { first: written, last: end - 1 };
        lacks(missing);
        yield `${missingLine(missing)}\n`;
        written = end;
      } else {
        yield `${exportRecordLine(next, log.audience)}\n`;
        written += 1;
        next = await following(records);
      }
    }
  }
  let next = await following(records);
  try {
    for await (const { size, note } of log.checkpoints) {
      yield* recordsBelow(size);
      yield `${exportCheckpointLine(note)}\n`;
    }
    if (written < log.size) {
      yield* recordsBelow(log.size);
      const missing = { checkpoint: log.size };
      lacks(missing);
      yield `${missingLine(missing)}\n`;
    }
  } finally {
    await records.return?.();
  }
}

async function following(records: AsyncIterator<StoredRecord>): Promise<StoredRecord | undefined> {
  const { done, value } = await records.next();
  return done === true ? undefined : value;
}
