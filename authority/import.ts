import type { SheetFates, SheetLine } from "../protocol/api/sheet.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import type { LineFate, SheetKind } from "../protocol/sheet.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { type Cells, type Row, readSheet } from "./sheet.ts";
import { Unfit } from "./sheet-cell.ts";

/** How lines of one kind are taken, within the change that keeps them all. */
export interface Taker<K extends SheetKind> {
  readonly about: (cells: Cells<K>) => string;
  /** Does what a line says, and says whether that was anything. Throws {@link Unfit}, and what its verbs throw. */
  readonly take: (cells: Cells<K>) => Promise<Exclude<LineFate, "refused">>;
}

/**
 * Takes a CSV file, all its lines or none: each is done by the verbs by which somebody would do it by hand, one after another in one
 * transaction, which is undone if one of them is refused. A dry run does the very same, and undoes it. Throws `denied` for somebody who
 * is locked, and what is no matter of a line.
 */
export async function importSheet<K extends SheetKind>(
  store: Store,
  kind: K,
  asked: { readonly file: Uint8Array; readonly dryRun: boolean },
  at: Date,
  by: Caller,
  takerWithin: (change: Change) => Promise<Taker<K>>,
): Promise<SheetFates> {
  const read = readRows(kind, asked.file);
  try {
    const work = async (change: Change) => {
      await requireNotLocked(change.db, by, null);
      const lines = "refused" in read ? [read.refused] : await takeAll(read.rows, await takerWithin(change));
      if (asked.dryRun || lines.some(({ fate }) => fate === "refused")) throw new Undone(lines);
      await tell(change, kind, lines, at, by);
      return { kept: true, lines };
    };
    // What takes roles away, or ends a contract, is not kept out by what was written into the log before.
    return await (asked.dryRun ? store.change(work) : store.urgent(work));
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    const { lines } = error;
    if (!asked.dryRun) await store.change((change) => tell(change, kind, lines, at, by));
    return { kept: false, lines };
  }
}

/** Carries what became of each line out of a transaction that is undone. */
class Undone extends Error {
  readonly lines: SheetLine[];
  constructor(lines: SheetLine[]) {
    super("Nothing is kept.");
    this.lines = lines;
  }
}

function readRows<K extends SheetKind>(kind: K, file: Uint8Array): { rows: Row<K>[] } | { refused: SheetLine } {
  try {
    return { rows: readSheet(kind, file) };
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { refused: refusedLine(error.line ?? 1, "", error) };
  }
}

async function takeAll<K extends SheetKind>(rows: readonly Row<K>[], taker: Taker<K>): Promise<SheetLine[]> {
  const lines: SheetLine[] = [];
  for (const { line, cells, tooMany } of rows) {
    const about = taker.about(cells).slice(0, aboutCharacters);
    try {
      if (tooMany) throw new Unfit("bad-request", "cells-too-many", null);
      lines.push({ line, about, fate: await taker.take(cells), refusal: null });
    } catch (error) {
      if (!(error instanceof GenkanError) || !ofLine.has(error.code)) throw error;
      lines.push(refusedLine(line, about, error));
    }
  }
  return lines;
}

const aboutCharacters = 120;

/** Codes that speak of what a line says; any other is about the whole. */
const ofLine: ReadonlySet<ErrorCode> = new Set(["bad-request", "not-found", "state-conflict", "denied"]);

function refusedLine(line: number, about: string, error: GenkanError): SheetLine {
  const { code, detail = null } = error;
  const why =
    error instanceof Unfit
      ? { fault: error.fault, column: error.column, found: error.found }
      : ({ fault: "act-refused", column: null, found: detail } as const);
  return { line, about, fate: "refused", refusal: { code, ...why } };
}

/** Where an act belongs that is of no thing alone: at the only site that whoever does it sees. */
export const onlySite = ({ scope: { sites } }: Caller) => (sites?.length === 1 ? (sites[0] ?? null) : null);

/** How many lines became what; one record beside those of each thing. */
async function tell(change: Change, kind: SheetKind, lines: readonly SheetLine[], at: Date, by: Caller) {
  const count = (fate: LineFate) => lines.filter((line) => line.fate === fate).length;
  const refused = count("refused");
  await change.audit({
    at,
    action: `${kind}.import`,
    outcome: refused > 0 ? "refused" : "done",
    actor: actorOf(by),
    site: onlySite(by),
    subjects: {},
    reasons: [...new Set(lines.flatMap(({ refusal }) => refusal?.code ?? []))],
    facts: { added: count("added"), changed: count("changed"), unchanged: count("unchanged"), refused },
  });
}
