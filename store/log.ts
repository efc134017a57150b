import { type StoredRecord, writeAuditExport } from "../crypto/audit-export.ts";
import { commitRecord } from "../crypto/audit-record.ts";
import type { KeyObject } from "../crypto/key.ts";
import { CompactRange, type CompactRangeState } from "../crypto/merkle.ts";
import { signCheckpoint } from "../crypto/signed-note.ts";
import type { AuditRecordView } from "../protocol/api/audit.ts";
import type { AuditBody } from "../protocol/audit.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";
import { readSetting, writeSetting } from "./setting.ts";
import { takeTurn } from "./turn.ts";

const stateKey = "log-tree";

export interface LogKey {
  /** Name of the log, first line of each checkpoint. */
  readonly origin: string;
  /** Ed25519. */
  readonly privateKey: KeyObject;
  /** What a verifier is given. */
  readonly verifierKey: string;
}

/**
 * Moves what waits in the outbox into the log, in order, and signs a checkpoint over it; one transaction, so that a crash
 * leaves it where it was. One at a time among all authorities of a store: a second one would number the same records.
 * Returns how many were taken.
 */
export async function sequence(db: Db, key: LogKey, now: Date): Promise<number> {
  const transaction = db.transaction().setIsolationLevel("read committed");
  return transaction.execute(async (tx) => {
    await takeTurn(tx, "sequencer");
    const waiting = await tx.selectFrom("outbox").selectAll().orderBy("seq").limit(limits.checkpointRecords).execute();
    if (waiting.length === 0) return 0;
    const kept = await readSetting(tx, stateKey);
    const tree = kept === null ? new CompactRange() : CompactRange.from(JSON.parse(kept) as CompactRangeState);
    const records = waiting.map(({ id, salt, body }) => {
      const { leaf } = commitRecord({ salt: Buffer.from(salt, "base64url"), body });
      const index = tree.size;
      tree.append(leaf);
      return { index, id, salt, body, leaf: Buffer.from(leaf).toString("base64url") };
    });
    await tx.insertInto("log_record").values(records).execute();
    const note = signCheckpoint({ origin: key.origin, size: tree.size, root: tree.root() }, key.privateKey);
    await tx.insertInto("log_checkpoint").values({ size: tree.size, note, created_at: now.toISOString() }).execute();
    await writeSetting(tx, stateKey, JSON.stringify(tree.state()));
    // By name and not up to the last: a transaction that took its number earlier may be kept only now.
    const taken = waiting.map(({ seq }) => seq);
    await tx.deleteFrom("outbox").where("seq", "in", taken).execute();
    return records.length;
  });
}

/**
 * Newest first, below `before` where that is told. Only records of this scope's site, or of no site; fewer than `limit` only
 * where there are no more of them.
 */
export async function listLog(
  db: Db,
  scope: Scope,
  page: { before: number | null; limit: number },
): Promise<AuditRecordView[]> {
  const reader = await readerOf(db, scope);
  // A site's own records may lie far apart.
  const batch = scope.unbounded ? page.limit : Math.max(page.limit, pageRows);
  const found: AuditRecordView[] = [];
  let before = page.before ?? Number.MAX_SAFE_INTEGER;
  for (;;) {
    const rows = await db
      .selectFrom("log_record")
      .select(["index", "id", "body"])
      .where("index", "<", before)
      .orderBy("index", "desc")
      .limit(batch)
      .execute();
    for (const { index, id, body: text } of rows) {
      const body = text === null ? null : (JSON.parse(text) as AuditBody);
      if (body === null || reader(body)) found.push({ id, index, body });
      if (found.length === page.limit) return found;
      before = index;
    }
    if (rows.length < batch) return found;
  }
}

export async function latestCheckpoint(db: Db): Promise<{ size: number; note: string } | null> {
  return (
    (await db
      .selectFrom("log_checkpoint")
      .select(["size", "note"])
      .orderBy("size", "desc")
      .limit(1)
      .executeTakeFirst()) ?? null
  );
}

type Reader = (body: AuditBody) => boolean;

/**
 * The log is the hospital's: a vendor reads none of it; a site its own records, and those of no site that are of no vendor
 * or of one that maintains a device there.
 */
async function readerOf(db: Db, scope: Scope): Promise<Reader> {
  if (scope.unbounded) return () => true;
  const own = scope.site;
  if (own === null) return () => false;
  const devices = await db.selectFrom("device").select("vendor").distinct().where("site", "=", own).execute();
  const vendors = new Set(devices.map(({ vendor }) => vendor));
  return ({ site, vendor }) => site === own || (site === null && (vendor === null || vendors.has(vendor)));
}

/** What is no JSON was never written by the log: it is shown, so that whoever verifies finds it. */
function isTold(reader: Reader, text: string): boolean {
  try {
    return reader(JSON.parse(text) as AuditBody);
  } catch {
    return true;
  }
}

const pageRows = 500;

/**
 * The whole log up to its latest checkpoint, line by line, as `genkan audit verify` reads it. Another site's records stand
 * in it without salt and body, so that the tree still verifies and tells nothing of them.
 */
export function exportLog(db: Db, scope: Scope, key: LogKey): AsyncIterable<string> {
  return writeAuditExport({
    origin: key.origin,
    key: key.verifierKey,
    records: storedRecords(db, scope),
    checkpoints: storedCheckpoints(db),
  });
}

async function* storedRecords(db: Db, scope: Scope): AsyncGenerator<StoredRecord> {
  const reader = await readerOf(db, scope);
  for (let from = 0; ; ) {
    const rows = await db
      .selectFrom("log_record")
      .selectAll()
      .where("index", ">=", from)
      .orderBy("index")
      .limit(pageRows)
      .execute();
    for (const { index, salt, body, leaf } of rows) {
      const told = salt !== null && body !== null && isTold(reader, body);
      yield {
        index,
        salt: told ? Buffer.from(salt, "base64url") : null,
        body: told ? body : null,
        leaf: Buffer.from(leaf, "base64url"),
      };
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    from = last.index + 1;
  }
}

async function* storedCheckpoints(db: Db): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const rows = await db
      .selectFrom("log_checkpoint")
      .select(["size", "note"])
      .where("size", ">", after)
      .orderBy("size")
      .limit(pageRows)
      .execute();
    for (const { note } of rows) yield note;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.size;
  }
}
