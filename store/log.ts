import { commitRecord } from "../crypto/audit-record.ts";
import type { LogKey } from "../crypto/log-key.ts";
import { signCheckpoint } from "../crypto/signed-note.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";
import { indexRows, insertIndex } from "./log-index.ts";
import { readTree, writeTree } from "./log-tree.ts";
import { takeTurn } from "./turn.ts";

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
    const tree = await readTree(tx);
    const records = waiting.map(({ id, salt, body }) => {
      const { leaf } = commitRecord({ salt: Buffer.from(salt, "base64url"), body });
      const index = tree.size;
      tree.append(leaf);
      return { index, id, salt, body, leaf: Buffer.from(leaf).toString("base64url") };
    });
    await tx.insertInto("log_record").values(records).execute();
    await insertIndex(
      tx,
      records.map(({ index, body }) => indexRows(index, body, now.toISOString())),
    );
    const note = signCheckpoint({ origin: key.origin, size: tree.size, root: tree.root() }, key.privateKey);
    await tx.insertInto("log_checkpoint").values({ size: tree.size, note, created_at: now.toISOString() }).execute();
    await writeTree(tx, tree);
    // By name and not up to the last: a transaction that took its number earlier may be kept only now.
    const taken = waiting.map(({ seq }) => seq);
    await tx.deleteFrom("outbox").where("seq", "in", taken).execute();
    return records.length;
  });
}

/** The last checkpoint that was signed, and when; null for an empty log. */
export async function latestCheckpoint(db: Db): Promise<{ size: number; note: string; createdAt: string } | null> {
  const row = await db
    .selectFrom("log_checkpoint")
    .select(["size", "note", "created_at as createdAt"])
    .orderBy("size", "desc")
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Records that were committed and do not stand in the log yet. */
export async function countOutbox(db: Db): Promise<number> {
  const { rows } = await db
    .selectFrom("outbox")
    .select(({ fn }) => fn.countAll<number>().as("rows"))
    .executeTakeFirstOrThrow();
  return Number(rows);
}
