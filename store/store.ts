import { auditSaltBytes, commitRecord } from "../crypto/audit-record.ts";
import { newId, randomToken } from "../crypto/random.ts";
import type { AuditBody, Topic } from "../protocol/api/oversight.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Bus } from "./bus.ts";
import type { Db } from "./database.ts";

/** What a transaction can do besides writing rows. */
export interface Change {
  readonly db: Db;
  /** Keeps an audit record in the same transaction: the change and its record, both or neither. */
  audit(record: AuditInput): Promise<void>;
  /** Names what pages should ask for again, once committed. */
  touch(...topics: Topic[]): void;
  /** A fact that decisions stand on has changed: every live session is decided again at its next renewal. */
  raiseEpoch(): Promise<void>;
}

export interface AuditInput {
  readonly at: Date;
  readonly action: string;
  readonly outcome: AuditBody["outcome"];
  readonly actor?: { id: string; name: string } | null;
  readonly site?: string | null;
  readonly vendor?: string | null;
  readonly subjects?: Record<string, string>;
  readonly reasons?: readonly string[];
  readonly facts?: Record<string, unknown>;
}

export interface Store {
  /** For reading. */
  readonly db: Db;
  readonly bus: Bus;
  /** The one way to write. Throws `store-unavailable` when nothing could be kept. */
  change<T>(work: (change: Change) => Promise<T>): Promise<T>;
  /** Called after each commit, so that the sequencer need not poll. */
  onCommit(listener: () => void): void;
}

export function makeStore(db: Db, bus: Bus): Store {
  const listeners: (() => void)[] = [];
  return {
    db,
    bus,
    onCommit: (listener) => void listeners.push(listener),
    async change(work) {
      const topics = new Set<Topic>();
      const result = await db
        .transaction()
        .execute((trx) => work(changeOn(trx, topics)))
        .catch(explain);
      if (topics.size > 0) bus.publish([...topics]);
      for (const listener of listeners) listener();
      return result;
    },
  };
}

function changeOn(db: Db, topics: Set<Topic>): Change {
  return {
    db,
    audit: async (record) => {
      const body: AuditBody = {
        at: record.at.toISOString(),
        action: record.action,
        outcome: record.outcome,
        actor: record.actor ? { id: record.actor.id, name: record.actor.name } : null,
        site: record.site ?? null,
        vendor: record.vendor ?? null,
        subjects: record.subjects ?? {},
        reasons: [...(record.reasons ?? [])],
        facts: record.facts ?? {},
      };
      const salt = randomToken(auditSaltBytes);
      const text = JSON.stringify(body);
      // Refused here and not in the sequencer, where one record that can't be committed to would hold up all others.
      commitRecord({ salt: Buffer.from(salt, "base64url"), body: text });
      await db
        .insertInto("outbox")
        .values({ id: newId("audit"), salt, body: text })
        .execute();
      topics.add("audit");
    },
    touch: (...named) => {
      for (const topic of named) topics.add(topic);
    },
    raiseEpoch: async () => {
      await db
        .updateTable("epoch")
        .set((eb) => ({ value: eb("value", "+", 1) }))
        .where("name", "=", "facts")
        .execute();
    },
  };
}

/** SQLite's own failures (full disk, locked or broken file) become one stable code; our refusals pass unchanged. */
function explain(error: unknown): never {
  const code = (error as { code?: unknown }).code;
  if (typeof code === "string" && /^SQLITE_(FULL|IOERR|BUSY|READONLY|CORRUPT|CANTOPEN|NOTADB)/.test(code))
    throw new GenkanError("store-unavailable", `The database answered ${code}.`, { cause: error });
  throw error;
}

/** The value that decisions of live sessions are compared with. */
export async function readEpoch(db: Db): Promise<number> {
  const row = await db.selectFrom("epoch").select("value").where("name", "=", "facts").executeTakeFirstOrThrow();
  return Number(row.value);
}
