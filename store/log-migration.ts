import { type Kysely, sql } from "kysely";
import { table } from "./table.ts";

/** The log's tables: what waits for its place, the records, the index over them, and the checkpoints. */
export async function makeLog(db: Kysely<unknown>): Promise<void> {
  await table(db, "outbox", [
    "seq integer primary key autoincrement",
    "id text not null",
    "salt text not null",
    "body text not null",
  ]);
  await table(db, "log_record", [
    '"index" integer primary key',
    "id text not null unique",
    "salt text",
    "body text",
    "leaf text not null",
  ]);
  await table(db, "log_index", [
    '"index" integer primary key',
    "at text not null",
    "owner text not null",
    "action text not null",
    "outcome text not null",
  ]);
  await sql.raw('create index log_index_by_owner on log_index (owner, at, "index")').execute(db);
  await sql.raw('create index log_index_by_action on log_index (action, owner, at, "index")').execute(db);
  await table(
    db,
    "log_subject",
    ["id text not null", "kind text not null", "owner text not null", "at text not null", '"index" bigint not null'],
    ['primary key (id, owner, at, "index", kind)'],
  );
  await sql.raw('create index log_subject_by_index on log_subject ("index")').execute(db);
  await table(
    db,
    "log_use",
    ["person text not null", "day text not null", "bytes bigint not null"],
    ["primary key (person, day)"],
  );
  await table(db, "log_checkpoint", ["size integer primary key", "note text not null", "created_at text not null"]);
}
