import { exportRecordLine, type Missing, type StoredRecord, writeAuditExport } from "../crypto/audit-export.ts";
import { ownerOf } from "../crypto/audit-owner.ts";
import { writeRecordProof } from "../crypto/audit-proof.ts";
import type { LogKey } from "../crypto/log-key.ts";
import { inclusionProof } from "../crypto/merkle-proof.ts";
import { isTold } from "../protocol/audit-export.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Db } from "./database.ts";
import { audienceOf } from "./log-audience.ts";
import { readTree } from "./log-tree.ts";
import type { Scope } from "./scope.ts";

const pageRows = 500;

/**
 * The whole log up to its latest checkpoint, line by line, as `genkan audit verify` reads it. Of another site's records
 * stands in it whose they are, so that the tree still verifies and tells nothing of what they say. `lacks` is told what
 * the store lacks of what was signed.
 */
export async function* exportLog(db: Db, scope: Scope, key: LogKey, lacks?: (missing: Missing) => void) {
  yield* writeAuditExport(
    {
      origin: key.origin,
      key: key.verifierKey,
      audience: await audienceOf(db, scope),
      size: (await readTree(db)).size,
      records: storedRecords(db),
      checkpoints: storedCheckpoints(db),
    },
    lacks,
  );
}

/**
 * The proof that record `index` stands in the log as its latest checkpoint has it. Throws `not-found` for one that is not
 * in it, and alike for one of which this scope is told nothing; `internal` when the store lacks what was signed.
 */
export async function proveRecord(db: Db, scope: Scope, index: number): Promise<string> {
  const row = await db.selectFrom("log_record").selectAll().where("index", "=", index).executeTakeFirst();
  const checkpoint = await db
    .selectFrom("log_checkpoint")
    .select(["size", "note"])
    .where("size", ">", index)
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirst();
  const audience = await audienceOf(db, scope);
  if (!row || !checkpoint || !isTold(audience, ownerOf(row.body ?? ""))) throw new GenkanError("not-found");
  const proof = await inclusionProof(index, checkpoint.size, (start, end) => leavesOf(db, start, end));
  return writeRecordProof({ line: exportRecordLine(asStored(row), audience), index, proof, note: checkpoint.note });
}

interface RecordRow {
  readonly index: number;
  readonly salt: string | null;
  readonly body: string | null;
  readonly leaf: string;
}

function asStored({ index, salt, body, leaf }: RecordRow): StoredRecord {
  return {
    index,
    salt: salt === null ? null : Buffer.from(salt, "base64url"),
    body,
    leaf: Buffer.from(leaf, "base64url"),
  };
}

async function* leavesOf(db: Db, start: number, end: number): AsyncGenerator<Uint8Array> {
  for await (const { index, leaf } of storedRecords(db, start)) {
    if (index >= end) return;
    yield leaf;
  }
}

async function* storedRecords(db: Db, first = 0): AsyncGenerator<StoredRecord> {
  for (let from = first; ; ) {
    const rows = await db
      .selectFrom("log_record")
      .selectAll()
      .where("index", ">=", from)
      .orderBy("index")
      .limit(pageRows)
      .execute();
    for (const row of rows) yield asStored(row);
    const last = rows.at(-1);
    if (last === undefined) return;
    from = last.index + 1;
    await letOthersRun();
  }
}

async function* storedCheckpoints(db: Db): AsyncGenerator<{ size: number; note: string }> {
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom("log_checkpoint")
      .select(["size", "note"])
      .where("size", ">", after)
      .orderBy("size")
      .limit(pageRows)
      .execute();
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.size;
    await letOthersRun();
  }
}

/** SQLite answers at once, so a long read would keep everybody else of this process waiting. */
const letOthersRun = () => new Promise<void>((resolve) => setImmediate(resolve));
