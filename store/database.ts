import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import { GenkanError } from "../protocol/error.ts";
import { migrations } from "./migrations.ts";
import type { Schema } from "./schema.ts";

/** A connection or a transaction on it. */
export type Db = Kysely<Schema>;

/** Opens (and migrates) the one-file store. Commits are durable before they are acknowledged. */
export async function openSqlite(file: string): Promise<Db> {
  let database: Database.Database;
  try {
    database = new Database(file);
  } catch (cause) {
    throw new GenkanError("store-unavailable", "The database file can't be opened.", { cause });
  }
  database.pragma("journal_mode = WAL");
  // In WAL mode only FULL survives a power cut with every acknowledged transaction in place.
  database.pragma("synchronous = FULL");
  database.pragma("foreign_keys = ON");
  // The administration commands write beside the running authority.
  database.pragma("busy_timeout = 5000");
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
  await migrate(db);
  return db;
}

async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new GenkanError("store-unavailable", "The database can't be brought to this version.", { cause: error });
}
