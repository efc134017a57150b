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
  const server = inject("postgres");
  if (file !== undefined || server === undefined) return openSqlite(file ?? ":memory:");
  const name = `test_${Buffer.from(randomToken(8)).toString("hex")}`;
  const template = new URL(server.template).pathname.slice(1);
  await askPostgres(databaseUrl(server.folder, "postgres"), `create database ${name} template ${template}`);
  return openPostgres(new Secret(databaseUrl(server.folder, name)));
}
