import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";
import { findSession } from "./session.ts";

/**
 * Keeps rows of a session's recording, numbered from `first`, and returns those that are new: rows that are there already
 * are left alone, so that an agent may send again what it got no receipt for, however late. Throws `session-ended` for a new
 * row once the recording is closed or too long `over`, and `body-too-large` beyond {@link limits.recordRows} or {@link limits.recordBytes}, also of a session that is over:
 * whoever has an agent's key could fill the store otherwise.
 */
export async function keepEntries(
  db: Db,
  session: Id<"session">,
  { first, entries, over }: { first: number; entries: readonly RecordEntry[]; over: boolean },
): Promise<RecordEntry[]> {
  await db
    .insertInto("recording")
    .values({ session, bytes: 0, certificates: 0, closed: 0 })
    .onConflict((oc) => oc.column("session").doNothing())
    .execute();
  const before = await db.selectFrom("recording").selectAll().where("session", "=", session).executeTakeFirstOrThrow();
  const there = await db
    .selectFrom("session_entry")
    .select("number")
    .where("session", "=", session)
    .where("number", ">=", first)
    .where("number", "<", first + entries.length)
    .execute();
  const known = new Set(there.map(({ number }) => number));
  const rows = entries.flatMap((entry, offset) =>
    known.has(first + offset) ? [] : [{ session, number: first + offset, entry: JSON.stringify(entry) }],
  );
  const fresh = entries.filter((_, offset) => !known.has(first + offset));
  if (rows.length === 0) return [];
  if (before.closed === 1 || over) throw new GenkanError("session-ended");
  const bytes = rows.reduce((sum, { entry }) => sum + Buffer.byteLength(entry), Number(before.bytes));
  const certificates = fresh.filter(({ kind }) => kind === "certificate").length + before.certificates;
  const within =
    first + entries.length <= limits.recordRows &&
    bytes <= limits.recordBytes &&
    certificates <= limits.recordCertificates;
  if (!within) throw new GenkanError("body-too-large");
  await db.insertInto("session_entry").values(rows).execute();
  await db.updateTable("recording").set({ bytes, certificates }).where("session", "=", session).execute();
  return fresh;
}

/** The agent has told the session's end, which it does last: nothing is added any more. */
export async function closeRecording(db: Db, session: Id<"session">): Promise<void> {
  await db
    .insertInto("recording")
    .values({ session, bytes: 0, certificates: 0, closed: 1 })
    .onConflict((oc) => oc.column("session").doUpdateSet({ closed: 1 }).where("recording.closed", "=", 0))
    .execute();
}

/** Whether the agent has told the session's end. */
export async function isRecordingClosed(db: Db, session: Id<"session">): Promise<boolean> {
  const row = await db.selectFrom("recording").select("closed").where("session", "=", session).executeTakeFirst();
  return row?.closed === 1;
}

/**
 * At most {@link limits.recordPageEntries} of a recording, from a number on, and the number at which the next of them
 * begin; null for a session that is not in this scope.
 */
export async function listEntries(
  db: Db,
  scope: Scope,
  session: Id<"session">,
  from: number,
): Promise<{ entries: RecordEntry[]; next: number | null } | null> {
  if (!(await findSession(db, scope, session))) return null;
  const rows = await db
    .selectFrom("session_entry")
    .select(["number", "entry"])
    .where("session", "=", session)
    .where("number", ">=", from)
    .orderBy("number")
    .limit(limits.recordPageEntries + 1)
    .execute();
  return {
    entries: rows.slice(0, limits.recordPageEntries).map(({ entry }) => JSON.parse(entry) as RecordEntry),
    next: rows[limits.recordPageEntries]?.number ?? null,
  };
}
