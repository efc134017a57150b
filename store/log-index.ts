import { ownerOf } from "../crypto/audit-owner.ts";
import type { AuditBody } from "../protocol/audit.ts";
import type { AuditOwner } from "../protocol/audit-export.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import { takeTurn } from "./turn.ts";

/** Rows that stand beside one record, by which it is found. All of it can be made again from the log. */
export interface IndexRows {
  readonly entry: Schema["log_index"];
  readonly subjects: readonly Schema["log_subject"][];
}

/** Kind under which the log finds whoever acted. */
export const actorKind = "actor";

/** One text for whose a record is: what belongs together in a page stands together in the index. */
export function ownerKey({ site, vendor }: AuditOwner): string {
  return site ?? vendor ?? "";
}

/**
 * What a record is found by. Of one that was erased, or is no record, only when it was; `at` is that of the record before
 * it where nothing else says it.
 */
export function indexRows(index: number, text: string | null, at: string): IndexRows {
  const body = text === null ? null : read(text);
  if (body === null || text === null) return { entry: { index, at, owner: "", action: "", outcome: "" }, subjects: [] };
  const owner = ownerKey(ownerOf(text));
  const found = { owner, at: body.at, index };
  const named = Object.entries(body.subjects).map(([kind, id]) => ({ ...found, kind, id }));
  const actor = body.actor === null ? [] : [{ ...found, kind: actorKind, id: body.actor.id }];
  return { entry: { ...found, action: body.action, outcome: body.outcome }, subjects: [...named, ...actor] };
}

function read(text: string): AuditBody | null {
  try {
    const body = JSON.parse(text) as AuditBody | null;
    return typeof body?.at === "string" && typeof body.subjects === "object" ? body : null;
  } catch {
    return null;
  }
}

export async function insertIndex(db: Db, rows: readonly IndexRows[]): Promise<void> {
  if (rows.length === 0) return;
  await db
    .insertInto("log_index")
    .values(rows.map(({ entry }) => entry))
    .execute();
  const subjects = rows.flatMap((row) => row.subjects);
  if (subjects.length > 0) await db.insertInto("log_subject").values(subjects).execute();
}

const pageRows = 500;

/**
 * Makes the index anew from the log, in one transaction; nothing is numbered meanwhile. Of a record that was erased it
 * keeps when it was. Returns how many records there are.
 */
export async function reindex(db: Db): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await takeTurn(tx, "sequencer");
    const erased = await tx
      .selectFrom("log_index")
      .innerJoin("log_record", "log_record.index", "log_index.index")
      .select(["log_index.index", "log_index.at"])
      .where("log_record.body", "is", null)
      .execute();
    const kept = new Map(erased.map(({ index, at }) => [index, at]));
    await tx.deleteFrom("log_subject").execute();
    await tx.deleteFrom("log_index").execute();
    let count = 0;
    let at = "";
    for (let from = 0; ; ) {
      const records = await tx
        .selectFrom("log_record")
        .select(["index", "body"])
        .where("index", ">=", from)
        .orderBy("index")
        .limit(pageRows)
        .execute();
      const rows = records.map(({ index, body }) => {
        const made = indexRows(index, body, kept.get(index) ?? at);
        at = made.entry.at;
        return made;
      });
      await insertIndex(tx, rows);
      count += rows.length;
      const last = records.at(-1);
      if (last === undefined) return count;
      from = last.index + 1;
    }
  });
}
