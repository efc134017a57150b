import { type Kysely, sql } from "kysely";
import { isPostgres } from "./dialect.ts";

type Column = `${string} ${string}`;

/** Makes a table in either dialect; columns are written as SQLite knows them. */
export async function table(
  db: Kysely<unknown>,
  name: string,
  columns: Column[],
  constraints: string[] = [],
): Promise<void> {
  const written = isPostgres(db) ? columns.map(ofPostgres) : columns;
  await sql.raw(`create table "${name}" (${[...written, ...constraints].join(", ")})`).execute(db);
}

/** SQLite orders and compares text by its bytes, whatever the server's language is; a number of a row may pass 2^31. */
function ofPostgres(column: Column): string {
  return column
    .replace(/^(\S+) text\b/, '$1 text collate "C"')
    .replace(/^(\S+) integer primary key autoincrement$/, "$1 bigint generated always as identity primary key")
    .replace(/^(\S+) integer primary key$/, "$1 bigint primary key");
}
