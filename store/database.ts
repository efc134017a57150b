import { type Dialect, Kysely } from "kysely";
import { Migrator } from "kysely/migration";
import type { Secret } from "../crypto/secret.ts";
import { GenkanError } from "../protocol/error.ts";
import { migrations } from "./migrations.ts";
import { checkPostgres, migratingDialect, postgresDialect } from "./postgres.ts";
import type { Schema } from "./schema.ts";
import { sqliteDialect } from "./sqlite.ts";

/** A connection or a transaction on it. */
export type Db = Kysely<Schema>;

/** Opens (and migrates) the one-file store. Throws `store-unavailable`. */
export async function openSqlite(file: string): Promise<Db> {
  const db = open(sqliteDialect(file));
  await migrate(db);
  return db;
}

/**
 * Opens (and migrates) a store on a PostgreSQL server: `postgres://[user[:password]@]host[:port]/database`, or with a
 * percent-encoded socket folder for a host. Throws `bad-request` for any other URL and one that would cross a network in
 * the clear, `store-unavailable` for a server that is away or does not keep what it acknowledges.
 */
export async function openPostgres(url: Secret): Promise<Db> {
  // A migration takes its time, so it has connections of its own.
  const first = open(migratingDialect(url));
  try {
    await checkPostgres(first);
    await migrate(first);
  } finally {
    await first.destroy();
  }
  return open(postgresDialect(url));
}

function open(dialect: Dialect): Db {
  return new Kysely<Schema>({ dialect });
}

async function migrate(db: Db): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error instanceof GenkanError) throw error;
  if (error !== undefined)
    throw new GenkanError("store-unavailable", "The database can't be brought to this version.", { cause: error });
}
