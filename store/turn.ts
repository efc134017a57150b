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

/**
 * Who writes first: what ends, cuts or locks; then what a caller's way in needs (a proof used once, a sign-in kept awake), for
 * a lock waits for it too; then all the rest. However many strangers queue, an officer's lock is next.
 */
export const lanes = ["urgent", "entry", "usual"] as const;

export interface Turn {
  readonly lane: (typeof lanes)[number];
  /** Whose writing it is. Within a lane those who wait take turns, so that one who queues a thousand waits for himself. */
  readonly by: string;
}

export const usualTurn: Turn = { lane: "usual", by: "" };

interface Waiting {
  go(): void;
}

/** Writers of this process, one at a time, so that they leave connections to readers. */
export class WriteTurns {
  readonly #lanes = Object.fromEntries(lanes.map((lane) => [lane, new FairQueue()])) as Record<Turn["lane"], FairQueue>;
  #busy = false;

  get waiting(): number {
    return lanes.reduce((sum, lane) => sum + this.#lanes[lane].size, 0);
  }

  /** Throws `store-unavailable` when too many wait in that lane, or the turn does not come in time. */
  async run<T>(work: () => Promise<T>, turn: Turn = usualTurn): Promise<T> {
    if (this.#busy) await this.#wait(turn);
    this.#busy = true;
    try {
      return await work();
    } finally {
      // Still busy, so that nobody who comes meanwhile is there first. A write to a file is made in one go, and the next would
      // follow before anything else is heard: a lock that comes in meanwhile is to be seen first.
      if (lanes.some((name) => this.#lanes[name].size > 0)) setImmediate(() => this.#next());
      else this.#busy = false;
    }
  }

  #next(): void {
    const lane = lanes.find((name) => this.#lanes[name].size > 0);
    if (lane === undefined) this.#busy = false;
    else this.#lanes[lane].take()?.go();
  }

  #wait({ lane, by }: Turn): Promise<void> {
    const queue = this.#lanes[lane];
    if (queue.size >= limits.storeWaiting) throw new GenkanError("store-unavailable", "Too many wait to write.");
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        queue.leave(by, waiting);
        reject(new GenkanError("store-unavailable", "Others are still writing."));
      }, limits.storeTurnMs);
      const waiting: Waiting = {
        go: () => {
          clearTimeout(late);
          resolve();
        },
      };
      queue.join(by, waiting);
    });
  }
}

/** Those who wait, by whom they wait for: the first of each in turn. */
class FairQueue {
  readonly #waiting = new Map<string, Waiting[]>();
  size = 0;

  join(by: string, waiting: Waiting): void {
    const own = this.#waiting.get(by);
    if (own) own.push(waiting);
    else this.#waiting.set(by, [waiting]);
    this.size += 1;
  }

  take(): Waiting | undefined {
    const [first] = this.#waiting;
    if (!first) return undefined;
    const [by, own] = first;
    const next = own.shift();
    this.#waiting.delete(by);
    if (own.length > 0) this.#waiting.set(by, own);
    this.size -= 1;
    return next;
  }

  leave(by: string, waiting: Waiting): void {
    const rest = (this.#waiting.get(by) ?? []).filter((other) => other !== waiting);
    if (rest.length > 0) this.#waiting.set(by, rest);
    else this.#waiting.delete(by);
    this.size -= 1;
  }
}
