import { sql } from "kysely";
import { commitRecord } from "../../crypto/audit-record.ts";
import type { LogKey } from "../../crypto/log-key.ts";
import { CompactRange } from "../../crypto/merkle.ts";
import { signCheckpoint } from "../../crypto/signed-note.ts";
import type { Db } from "../../store/database.ts";
import { writeSetting } from "../../store/setting.ts";

/** Triggers hold whoever speaks through the programs; whoever owns the file drops them. */
export async function dropTriggers(db: Db, ...tables: string[]): Promise<void> {
  const found = await sql<{ name: string; tbl_name: string }>`
    select name, tbl_name from sqlite_master where type = 'trigger'`.execute(db);
  for (const { name, tbl_name } of found.rows)
    if (tables.includes(tbl_name)) await sql`drop trigger ${sql.ref(name)}`.execute(db);
}

/**
 * History as somebody else wants it, the tree redone over it without a seam. With the log's key it is signed too; without,
 * it waits for the authority itself to sign it with the next record.
 */
export async function rewriteLog(db: Db, change: (body: string) => string, key?: LogKey): Promise<void> {
  await dropTriggers(db, "log_record", "log_checkpoint");
  const tree = new CompactRange();
  const records = await db.selectFrom("log_record").selectAll().orderBy("index").execute();
  for (const { index, salt, body } of records) {
    if (salt === null || body === null) throw new Error(`Record ${index} was erased.`);
    const changed = change(body);
    const { leaf } = commitRecord({ salt: Buffer.from(salt, "base64url"), body: changed });
    tree.append(leaf);
    const redone = { body: changed, leaf: Buffer.from(leaf).toString("base64url") };
    await sql`update log_record set body = ${redone.body}, leaf = ${redone.leaf} where "index" = ${index}`.execute(db);
  }
  await db.deleteFrom("log_checkpoint").execute();
  await writeSetting(db, "log-tree", JSON.stringify(tree.state()));
  if (!key) return;
  const note = signCheckpoint({ origin: key.origin, size: tree.size, root: tree.root() }, key.privateKey);
  const created_at = new Date().toISOString();
  await db.insertInto("log_checkpoint").values({ size: tree.size, note, created_at }).execute();
}
