import { auditSaltBytes, commitRecord } from "../crypto/audit-record.ts";
import { newId, randomBytes, randomToken } from "../crypto/random.ts";
import { type ActionName, type AuditBody, type AuditInput, keptFacts } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Topic } from "../protocol/topic.ts";
import type { Bus } from "./bus.ts";
import type { Db } from "./database.ts";
import { spendLogBudget } from "./log-budget.ts";
import { type Turn, takeTurn, WriteTurns } from "./turn.ts";
import { WriteConflict } from "./write-conflict.ts";

/** What a transaction can do besides writing rows. */
export interface Change {
  readonly db: Db;
  /** Keeps an audit record in the same transaction: the change and its record, both or neither. */
  audit<A extends ActionName, F extends object = Record<never, never>>(record: AuditInput<A, F>): Promise<void>;
  /** Names what pages should ask for again, once committed. */
  touch(...topics: Topic[]): void;
}

/** What may be told of a record beyond the log: nobody and nothing that it names. */
export interface Audited {
  readonly action: ActionName;
  readonly outcome: AuditBody["outcome"];
  readonly reasons: readonly string[];
}

export interface Store {
  /** For reading. */
  readonly db: Db;
  readonly bus: Bus;
  /**
   * The one way to write. Changes happen one after another. Where another process wrote between two of its statements,
   * `work` is done again from its beginning: it has no effect but on rows. Throws `store-unavailable` when nothing could
   * be kept, and when the store went away before it said that it had: then it may be kept after all.
   * `turn` says who waits for whom.
   */
  change<T>(work: (change: Change) => Promise<T>, turn?: Turn): Promise<T>;
  /** A change that locks, revokes, freezes or ends, takes that back, or follows at once from one: it goes before all that wait. */
  urgent<T>(work: (change: Change) => Promise<T>): Promise<T>;
  /** Called after each commit, so that the sequencer need not poll. */
  onCommit(listener: () => void): void;
  /** Called after each commit with the records that it kept, for those who count. */
  onAudited(listener: (records: readonly Audited[]) => void): void;
  /** How many wait for their turn to write. */
  writersWaiting(): number;
  /** Closes bus and database. */
  close(): Promise<void>;
}

export function makeStore(db: Db, bus: Bus): Store {
  const listeners: (() => void)[] = [];
  const counters: ((records: readonly Audited[]) => void)[] = [];
  const turns = new WriteTurns();
  const change: Store["change"] = async (work, turn) => {
    const { result, topics, audited } = await turns.run(() => kept(db, work, turn?.lane === "urgent"), turn);
    if (topics.size > 0) bus.publish([...topics]);
    for (const listener of listeners) listener();
    if (audited.length > 0) for (const counter of counters) counter(audited);
    return result;
  };
  return {
    db,
    bus,
    onCommit: (listener) => void listeners.push(listener),
    onAudited: (listener) => void counters.push(listener),
    writersWaiting: () => turns.waiting,
    change,
    urgent: (work) => change(work, { lane: "urgent", by: "" }),
    close: async () => {
      await bus.close();
      await db.destroy();
    },
  };
}

/**
 * One change at a time in all processes of a store, so that what it read still holds when it is kept: of two approvers one
 * wins, a limit is a limit, a value is used once (A18), no session is admitted on an epoch that is being raised. SQLite
 * has one writer by itself. PostgreSQL's serializable isolation promises the same, but on tables as small as these it
 * refuses most of what has nothing to do with each other: 200 admissions at once took three times as long, and some of
 * them failed after 16 tries.
 */
async function kept<T>(
  db: Db,
  work: (change: Change) => Promise<T>,
  urgent: boolean,
): Promise<{ result: T; topics: Set<Topic>; audited: Audited[] }> {
  const transaction = db.transaction().setIsolationLevel("read committed");
  for (let attempt = 1; ; attempt++) {
    const topics = new Set<Topic>();
    const audited: Audited[] = [];
    try {
      const result = await transaction.execute(async (tx) => {
        await takeTurn(tx, "writer");
        return work(changeOn(tx, { topics, audited }, urgent));
      });
      return { result, topics, audited };
    } catch (error) {
      if (!(error instanceof WriteConflict)) throw error;
      if (attempt === limits.changeAttempts)
        throw new GenkanError("store-unavailable", "Too many write at the same time.", { cause: error });
      await pause(attempt);
    }
  }
}

/** Random, so that two writers that collided once don't collide again. */
function pause(attempt: number): Promise<void> {
  const longest = limits.changeRetryMs * 2 ** (attempt - 1);
  const [byte = 0] = randomBytes(1);
  return new Promise((resolve) => setTimeout(resolve, (longest * byte) / 255));
}

/** `urgent` says that it ends, locks or revokes: then nothing that was written before keeps its record out. */
function changeOn(db: Db, { topics, audited }: { topics: Set<Topic>; audited: Audited[] }, urgent: boolean): Change {
  return {
    db,
    audit: async (record) => {
      const body: AuditBody = {
        at: record.at.toISOString(),
        action: record.action,
        outcome: record.outcome,
        actor: record.actor,
        site: record.site ?? null,
        vendor: record.vendor ?? null,
        subjects: { ...(record.subjects as Record<string, string>) },
        reasons: [...(record.reasons ?? [])],
        facts: keptFacts(record.action, record.facts ?? {}),
      };
      const salt = randomToken(auditSaltBytes);
      const text = JSON.stringify(body);
      // Refused here and not in the sequencer, where one record that can't be committed to would hold up all others.
      commitRecord({ salt: Buffer.from(salt, "base64url"), body: text });
      if (record.actor?.kind === "person") {
        const bytes = Buffer.byteLength(text);
        const refusable = !urgent && record.outcome !== "refused";
        await spendLogBudget(db, { person: record.actor.id, at: record.at, bytes, refusable });
      }
      await db
        .insertInto("outbox")
        .values({ id: newId("audit"), salt, body: text })
        .execute();
      topics.add("audit");
      audited.push({ action: record.action, outcome: record.outcome, reasons: body.reasons });
    },
    touch: (...named) => {
      for (const topic of named) topics.add(topic);
    },
  };
}

/** The value that decisions of live sessions are compared with. */
export async function readEpoch(db: Db): Promise<number> {
  const row = await db.selectFrom("epoch").select("value").where("name", "=", "facts").executeTakeFirstOrThrow();
  return row.value;
}
