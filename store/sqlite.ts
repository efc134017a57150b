import Database from "better-sqlite3";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type TransactionSettings,
} from "kysely";
import { GenkanError } from "../protocol/error.ts";

/** Preparing one costs more than most cost to run. The program has fewer, but for lists of many lengths. */
const statementsKept = 512;

/** The one-file store. Commits are durable before they are acknowledged. Throws `store-unavailable`. */
export function sqliteDialect(file: string): Dialect {
  return explained(() => {
    const database = new Database(file);
    database.pragma("journal_mode = WAL");
    // In WAL mode only FULL survives a power cut with every acknowledged transaction in place.
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    // Without it "insert or replace" takes a row away past the triggers that keep it.
    database.pragma("recursive_triggers = ON");
    // The administration commands write beside the running authority.
    database.pragma("busy_timeout = 5000");
    const prepared = new Map<string, Database.Statement<unknown[]>>();
    const prepare = (sql: string) => {
      const known = prepared.get(sql);
      if (known) return known;
      const statement = explained(() => database.prepare<unknown[]>(sql));
      const [oldest] = prepared.keys();
      if (prepared.size >= statementsKept && oldest !== undefined) prepared.delete(oldest);
      prepared.set(sql, statement);
      return statement;
    };
    return new OneWriterDialect({
      database: {
        close: () => void database.close(),
        prepare: (sql) => {
          const statement = prepare(sql);
          return {
            reader: statement.reader,
            all: (parameters) => explained(() => statement.all(...holdable(parameters))),
            // A full disk rolls back by itself; the second rollback would fail, and hide why.
            run: (parameters) =>
              sql === "rollback" && !database.inTransaction
                ? { changes: 0, lastInsertRowid: 0 }
                : explained(() => statement.run(...holdable(parameters))),
            iterate: (parameters) => statement.iterate(...parameters),
          };
        },
      },
    });
  });
}

/**
 * Its transactions take the writer's place as they begin: there, SQLite waits for whoever has it. One that has read and
 * then wants to write is refused at once instead, for waiting could not help it; a command beside a busy authority failed.
 */
class OneWriterDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig;

  constructor(config: SqliteDialectConfig) {
    super(config);
    this.#config = config;
  }

  override createDriver(): Driver {
    return new OneWriterDriver(this.#config);
  }
}

class OneWriterDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection, settings?: TransactionSettings): Promise<void> {
    const begin = settings?.accessMode === "read only" ? "begin deferred" : "begin immediate";
    await connection.executeQuery(CompiledQuery.raw(begin));
  }
}

/** SQLite would keep U+0000 in a text and then disagree with itself about its end; PostgreSQL keeps none. Nor do we. */
function holdable(parameters: readonly unknown[]): readonly unknown[] {
  if (parameters.some((parameter) => typeof parameter === "string" && parameter.includes("\0")))
    throw new GenkanError("bad-request", "A text holds a character that can't be kept.");
  return parameters;
}

function explained<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    throw explain(error);
  }
}

/** SQLite's own failures (full disk, locked or broken file) become one stable code; all else passes unchanged. */
function explain(error: unknown): unknown {
  const code = (error as { code?: unknown }).code;
  if (typeof code !== "string") return error;
  if (/^SQLITE_(FULL|IOERR|BUSY|LOCKED|READONLY|CORRUPT|CANTOPEN|NOTADB|NOMEM)/.test(code))
    return new GenkanError("store-unavailable", `The database answered ${code}.`, { cause: error });
  return error;
}
