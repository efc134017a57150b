/**
 * Another writer was faster: nothing of this transaction was kept, and the same work done again may succeed. Thrown by
 * PostgreSQL's dialect, caught by `Store.change` alone; SQLite's writers wait for each other as they begin.
 */
export class WriteConflict extends Error {
  override readonly name = "WriteConflict";

  constructor(cause: unknown) {
    super("Two transactions can't both be kept.", { cause });
  }
}
