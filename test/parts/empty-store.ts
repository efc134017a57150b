import { inject } from "vitest";
import { randomToken } from "../../crypto/random.ts";
import { Secret } from "../../crypto/secret.ts";
import { type Db, openPostgres, openSqlite } from "../../store/database.ts";
import { askPostgres, databaseUrl } from "./postgres.ts";
import "./postgres-setup.ts";

/**
 * A new store for a test that is held on both dialects: SQLite in memory, or, where the project has a server, a database of
 * its own. A test that names a file is about that file.
 */
export async function openEmptyStore(file?: string): Promise<Db> {
  return file !== undefined || inject("postgres") === undefined
    ? openSqlite(file ?? ":memory:")
    : openPostgres(new Secret(await emptyDatabase()));
}

/** The URL of an empty store on the project's server. */
export async function emptyDatabase(): Promise<string> {
  const server = inject("postgres");
  if (server === undefined) throw new Error("This project has no PostgreSQL server.");
  const name = `test_${Buffer.from(randomToken(8)).toString("hex")}`;
  const template = new URL(server.template).pathname.slice(1);
  await askPostgres(databaseUrl(server.folder, "postgres"), `create database ${name} template ${template}`);
  return databaseUrl(server.folder, name);
}
