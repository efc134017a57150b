import { sql } from "kysely";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";
import { isPostgres } from "./dialect.ts";

/** Advisory locks of a PostgreSQL database: any two numbers, the same in every process. */
const locks = { writer: 0x67656e01, sequencer: 0x67656e02 } as const;

/**
 * Waits until no other process of this store is in the same part, and keeps others out until `tx` is over; a process that
 * dies loses its turn with its connection. The transaction has to be read committed: under any other isolation it would
 * go on with the rows of before the wait. SQLite has one writer by itself.
 */
export async function takeTurn(tx: Db, part: keyof typeof locks): Promise<void> {
  if (isPostgres(tx)) await sql`select pg_advisory_xact_lock(${locks[part]})`.execute(tx);
}

/** Writers of this process, one after another in the order in which they came, so that they leave connections to readers. */
export class WriteTurns {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /** Throws `store-unavailable` when too many wait, or the turn does not come in time. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#waiting >= limits.storeWaiting) throw new GenkanError("store-unavailable", "Too many wait to write.");
    const before = this.#last;
    const own = Promise.withResolvers<void>();
    this.#last = own.promise;
    this.#waiting++;
    try {
      await inTime(before);
    } catch (error) {
      void before.then(own.resolve);
      throw error;
    } finally {
      this.#waiting--;
    }
    try {
      return await work();
    } finally {
      own.resolve();
    }
  }
}

async function inTime(turn: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = () => new GenkanError("store-unavailable", "Others are still writing.");
    timer = setTimeout(() => reject(error()), limits.storeTurnMs);
  });
  await Promise.race([turn, late]).finally(() => clearTimeout(timer));
}
