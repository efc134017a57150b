import {
  type Dialect,
  type Kysely,
  type PostgresCursor,
  PostgresDialect,
  type PostgresPool,
  type PostgresPoolClient,
  type PostgresQueryResult,
  sql,
} from "kysely";
import { Pool, type PoolClient, types } from "pg";
import { revealSecret, type Secret } from "../crypto/secret.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Schema } from "./schema.ts";
import { parseServerUrl } from "./server-address.ts";
import { WriteConflict } from "./write-conflict.ts";

/** How long a connection waits for what. */
interface Patience {
  readonly statementMs: number;
  readonly replyMs: number;
  readonly connections: number;
}

/** The store on a PostgreSQL server, for work: nothing waits longer for it than a lease can bear. */
export function postgresDialect(url: Secret): Dialect {
  return dialect(url, {
    statementMs: limits.storeStatementMs,
    replyMs: limits.storeReplyMs,
    connections: limits.storeConnections,
  });
}

/** The same for one migration, which may rewrite a table. */
export function migratingDialect(url: Secret): Dialect {
  // One beside the other: the migrator holds its lock on one connection and works on another.
  return dialect(url, { statementMs: limits.migrationMs, replyMs: limits.migrationMs, connections: 2 });
}

/** Throws `store-unavailable` for a server that would lose what it has acknowledged, or can't hold every text. */
export async function checkPostgres(db: Kysely<Schema>): Promise<void> {
  const wanted = {
    server_encoding: /^UTF8$/,
    fsync: /^on$/,
    full_page_writes: /^on$/,
    synchronous_commit: /^(?!off$)/,
  };
  for (const [name, fits] of Object.entries(wanted)) {
    const { rows } = await sql<{ value: string }>`select current_setting(${name}) as value`.execute(db);
    const value = rows[0]?.value ?? "";
    if (!fits.test(value))
      throw new GenkanError("store-unavailable", `The database has ${name} = ${value}: what it keeps could be lost.`);
  }
}

function dialect(url: Secret, patience: Patience): Dialect {
  return new PostgresDialect({ pool: new BoundedPool(poolOf(url, patience)) });
}

/** Every option is given, so that the client library does not look for one in the environment. */
function poolOf(url: Secret, { statementMs, replyMs, connections }: Patience): Pool {
  const { host, port, user, password, path, tls } = parseServerUrl(url, "postgres");
  if (user === "" || path === "")
    throw new GenkanError(
      "bad-request",
      "The postgres URL names a user and a database: postgres://USER@HOST/DATABASE.",
    );
  const pool = new Pool({
    host,
    port: port ?? 5432,
    user,
    // Asked for at each connection, so that it never stands in an object that could be printed.
    password: () => revealSecret(password),
    database: path,
    ssl: tls === null ? false : { rejectUnauthorized: true, ...(tls.ca === null ? {} : { ca: tls.ca }) },
    application_name: "genkan-authority",
    client_encoding: "UTF8",
    options: "-c timezone=UTC",
    max: connections,
    connectionTimeoutMillis: limits.storeConnectMs,
    idleTimeoutMillis: limits.storeIdleMs,
    statement_timeout: statementMs,
    lock_timeout: statementMs,
    idle_in_transaction_session_timeout: limits.storeStandstillMs,
    query_timeout: replyMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: limits.tcpKeepAliveMs,
    // The pool does not keep a process alive that has nothing else to do.
    allowExitOnIdle: true,
    types: { getTypeParser },
  });
  // A connection that breaks while nobody, or a transaction, holds it: whoever uses it next is told by its own call.
  pool.on("error", () => {});
  pool.on("connect", (client) => void client.on("error", () => {}));
  return pool;
}

/** A bigint comes as a number, as SQLite's does and as the schema says; one that no number holds is refused. */
function getTypeParser(oid: number, format?: "text" | "binary"): (text: string) => unknown {
  return oid === types.builtins.INT8 && format !== "binary" ? exactNumber : types.getTypeParser(oid, format);
}

function exactNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError("a bigint of the store is not a safe integer");
  return value;
}

/** A pool whose queue is bounded and whose errors are ours. */
class BoundedPool implements PostgresPool {
  readonly options = {};
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async connect(): Promise<PostgresPoolClient> {
    if (this.#pool.waitingCount >= limits.storeWaiting)
      throw new GenkanError("store-unavailable", "Too many wait for the database.");
    try {
      return new Checkout(await this.#pool.connect());
    } catch (error) {
      throw explain(error);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }
}

/** One connection for as long as one transaction or query has it. */
class Checkout implements PostgresPoolClient {
  readonly #client: PoolClient;
  /** After a failure of the connection its state is unknown: an answer that comes late would be taken for the next one's. */
  #broken: GenkanError | undefined;

  constructor(client: PoolClient) {
    this.#client = client;
  }

  query<R>(text: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  // Cursors come only from a dialect that is given their maker; this one is not.
  query(text: unknown, parameters: readonly unknown[] = []): never {
    return this.#query(String(text), parameters) as never;
  }

  release(destroy?: boolean): void {
    this.#client.release(destroy === true || this.#broken !== undefined);
  }

  async #query(text: string, parameters: readonly unknown[]) {
    if (this.#broken) throw this.#broken;
    try {
      return await this.#client.query(text, [...parameters]);
    } catch (error) {
      const said = explain(error);
      if (said instanceof GenkanError && said.code === "store-unavailable") this.#broken = said;
      throw said;
    }
  }
}

/**
 * SQLSTATE (PostgreSQL, appendix A) to our own: a conflict that a second try may settle, a server that can't keep or read,
 * a text that it can't hold. What has no SQLSTATE and is no fault of a program comes from the connection.
 */
function explain(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return error;
  const { code } = error as { code?: unknown };
  const state = typeof code === "string" && /^(?=.*\d)[0-9A-Z]{5}$/.test(code) ? code : null;
  if (state === null) return new GenkanError("store-unavailable", "The database does not answer.", { cause: error });
  // serialization_failure, deadlock_detected
  if (state === "40001" || state === "40P01") return new WriteConflict(error);
  // character_not_in_repertoire: PostgreSQL holds no U+0000 in a text.
  if (state === "22021")
    return new GenkanError("bad-request", "A text holds a character that can't be kept.", { cause: error });
  return unavailable.test(state)
    ? new GenkanError("store-unavailable", `The database answered ${state}.`, { cause: error })
    : error;
}

/**
 * Connection (08), authorisation (28), no such database (3D), resources and full disk (53), lock or prerequisites (55),
 * shut down or cancelled (57), system (58), broken file (XX), stood still in a transaction (25P03), a standby (25006), no
 * right to (42501).
 */
const unavailable = /^(08|28|3D|53|55|57|58|XX|25P03|25006|42501)/;
