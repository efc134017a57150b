import { sql } from "kysely";
import type { Db } from "../../../store/database.ts";
import { facts } from "../../../store/fact.ts";
import { readEpoch, type Store } from "../../../store/store.ts";

export interface Column {
  readonly table: string;
  readonly column: string;
  /** Whether the list says that decisions stand on it. */
  readonly counts: boolean;
}

export const columns: readonly Column[] = Object.entries(facts).flatMap(([table, fact]) =>
  Object.entries(fact.columns).map(([column, counts]) => ({ table, column, counts })),
);

/** Other values that a column may take: those of a number, of text, of a row that refers to another, of none. */
const others = ({ table, column }: Column) => [
  ...(/^(active|version)$/.test(column) ? [`1 - "${column}"`] : [`"${column}" || 'x'`]),
  `(select max(other."${column}") from "${table}" as other)`,
  `(select min(other."${column}") from "${table}" as other)`,
  "null",
];

const undone = new Error("undone");

/**
 * Gives every row another value in this column, tells by how much that raised the epoch and what `look` sees then, and undoes
 * it. Null when the database lets nobody change the column.
 */
export async function changed<T>(
  store: Store,
  of: Column,
  look: (db: Db) => Promise<T>,
): Promise<{ raised: number; seen: T } | null> {
  const values = async (db: Db) =>
    JSON.stringify(
      (await sql.raw(`select "${of.column}" as v from "${of.table}" order by "${of.column}"`).execute(db)).rows,
    );
  for (const value of others(of)) {
    const results: { raised: number; seen: T }[] = [];
    const tried = store.change(async ({ db }) => {
      const [epoch, kept] = [await readEpoch(db), await values(db)];
      await sql.raw(`update "${of.table}" set "${of.column}" = ${value}`).execute(db);
      if ((await values(db)) !== kept) results.push({ raised: (await readEpoch(db)) - epoch, seen: await look(db) });
      throw undone;
    });
    // A value that the column does not take is none; anything else that fails is told by there being no result.
    await tried.catch(() => {});
    if (results[0]) return results[0];
  }
  return null;
}
