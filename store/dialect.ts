import { PostgresAdapter, type QueryExecutorProvider } from "kysely";

/** Both dialects hold the same rows; this is asked only where one of them needs more words to keep a promise. */
export function isPostgres(db: QueryExecutorProvider): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}
