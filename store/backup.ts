import { type RawBuilder, sql } from "kysely";
import type { BackupRow } from "../protocol/backup.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Db } from "./database.ts";
import { isPostgres } from "./dialect.ts";
import type { Schema } from "./schema.ts";

/**
 * Every table with its primary key, in an order in which each row comes after those that it names. A new table does not compile
 * until it stands here: nothing is left out of a backup because nobody thought of it.
 */
const tables = {
  setting: ["key"],
  site: ["id"],
  vendor: ["id"],
  person: ["id"],
  vendor_site: ["vendor", "site"],
  dossier: ["id"],
  subcontract: ["id"],
  erasure_task: ["id"],
  attestation_rule: ["name"],
  attestation: ["id"],
  suspension: ["person", "vendor"],
  provider: ["id"],
  membership: ["id"],
  identity: ["id"],
  enrolment: ["code_hash"],
  first_code: ["code_hash"],
  authenticator: ["id"],
  ceremony: ["id"],
  workstation: ["id"],
  workstation_key: ["id"],
  sign_in: ["id"],
  device_code: ["code_hash"],
  used_once: ["value"],
  agent: ["id"],
  join_token: ["token_hash"],
  gateway: ["id"],
  retention: ["site"],
  device: ["id"],
  service: ["id"],
  reach: ["service"],
  contract: ["id"],
  request: ["id"],
  grant: ["id"],
  grant_window: ["grant", "start"],
  approval: ["id"],
  session: ["id"],
  recording: ["session"],
  session_entry: ["session", "number"],
  lock: ["id"],
  epoch: ["name"],
  approver_list: ["site", "version"],
  outbox: ["seq"],
  log_record: ["index"],
  log_index: ["index"],
  log_subject: ["id", "owner", "at", "index", "kind"],
  log_use: ["person", "day"],
  log_checkpoint: ["size"],
} as const satisfies Record<keyof Schema, readonly string[]>;

type Table = keyof typeof tables;

/** Rows that are read, or written, in one statement. */
const rowsAtOnce = 200;

/** What the store holds at one moment, while others go on writing: `work` reads it all from there. */
export function snapshot<T>(db: Db, work: (at: Db) => Promise<T>): Promise<T> {
  const transaction = db.transaction().setAccessMode("read only");
  // A read transaction of SQLite in WAL mode stays at its first read by itself.
  if (!isPostgres(db)) return transaction.execute(work);
  return transaction.setIsolationLevel("repeatable read").execute(work);
}

/** All rows of all tables. */
export async function* everyRow(at: Db): AsyncGenerator<BackupRow> {
  for (const [table, key] of Object.entries(tables)) {
    const columns = sql.join(key.map((column) => sql.ref(column)));
    let after: unknown[] | null = null;
    do {
      const from: ReturnType<typeof sql> = after === null ? sql`` : sql`where (${columns}) > (${sql.join(after)})`;
      const query: RawBuilder<BackupRow[1]> = sql<
        BackupRow[1]
      >`select * from ${sql.table(table)} ${from} order by ${columns} limit ${rowsAtOnce}`;
      const { rows } = await query.execute(at);
      for (const row of rows) yield [table, row];
      const last: BackupRow[1] | undefined = rows.at(-1);
      after = last === undefined ? null : key.map((column) => last[column]);
    } while (after !== null);
  }
}

/** Whether nothing has been kept here yet. */
export async function isEmpty(db: Db): Promise<boolean> {
  return (await db.selectFrom("setting").select("key").limit(1).executeTakeFirst()) === undefined;
}

/**
 * Fills an empty store in one transaction: all of it, once `prove` has looked at it and not thrown, or nothing. The epoch ends beyond the backup's, so that every decision is made
 * again. Throws `backup-refused` for rows that this store can't hold, and what reading `rows` throws.
 */
export async function fill(
  db: Db,
  o: { rows: AsyncIterable<BackupRow>; epoch: number; prove: (filled: Db) => Promise<void> },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    let table = "";
    let waiting: BackupRow[1][] = [];
    const flush = async () => {
      const [some, into] = [waiting, table];
      waiting = [];
      if (some.length > 0) await insert(tx, into as Table, some);
    };
    for await (const [name, row] of o.rows) {
      if (!Object.hasOwn(tables, name))
        throw new GenkanError("backup-refused", `It holds a table that this version does not know: ${name}.`);
      if (name === "epoch") continue;
      if (name !== table || waiting.length >= rowsAtOnce) await flush();
      table = name;
      waiting.push(row);
    }
    await flush();
    await tx
      .updateTable("epoch")
      .set({ value: o.epoch + 1 })
      .where("name", "=", "facts")
      .execute();
    await o.prove(tx);
  });
}

async function insert(tx: Db, table: Table, rows: BackupRow[1][]): Promise<void> {
  // Its numbers are the store's own; they come in the same order.
  const kept = table === "outbox" ? rows.map(({ seq: _seq, ...row }) => row) : rows;
  const columns = Object.keys(kept[0] ?? {});
  const values = kept.map((row) => sql`(${sql.join(columns.map((column) => row[column]))})`);
  const names = sql.join(columns.map((column) => sql.ref(column)));
  try {
    await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(tx);
  } catch (cause) {
    if (cause instanceof GenkanError) throw cause;
    throw new GenkanError("backup-refused", `A row of ${table} does not fit into this version's store.`, { cause });
  }
}
