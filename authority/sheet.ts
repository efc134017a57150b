import { CsvError, parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { limits } from "../protocol/limits.ts";
import { neededColumns, type SheetColumn, type SheetKind, sheetColumns } from "../protocol/sheet.ts";
import { Unfit } from "./sheet-cell.ts";

/** Cells of a line by column; a column that the file does not have has none. */
export type Cells<K extends SheetKind> = Partial<Record<SheetColumn<K>, string>>;

export interface Row<K extends SheetKind> {
  /** Where it begins in the file, from 1. */
  readonly line: number;
  readonly cells: Cells<K>;
  /** It has more cells than there are columns, so nobody knows which is which. */
  readonly tooMany: boolean;
}

/**
 * Lines of a CSV file (RFC 4180) as spreadsheets write it: UTF-8 with a byte order mark or without, or else Windows-31J, in which Excel
 * saves on a Japanese computer. Empty lines are none. Throws {@link Unfit} for a file that can't be read whole.
 */
export function readSheet<K extends SheetKind>(kind: K, bytes: Uint8Array): Row<K>[] {
  const [head, ...rows] = records(decoded(bytes));
  if (!head) throw new Unfit("bad-request", "column-missing", neededColumns[kind][0], undefined, 1);
  const columns = readHead(kind, head.record);
  if (rows.length > limits.sheetLines) throw new Unfit("too-many", "lines-too-many", null, `> ${limits.sheetLines}`, 1);
  return rows.map(({ record, info }) => {
    const line = info.lines - lineEnds(record);
    const cells = record.map((cell, index) => [columns[index], armed(cell)] as const);
    return { line, cells: Object.fromEntries(cells) as Cells<K>, tooMany: record.length > columns.length };
  });
}

/**
 * The same lines as such a file, with a byte order mark, without which Excel takes it for the computer's old encoding. What a spreadsheet
 * would take for a formula begins with an apostrophe, which {@link readSheet} takes away again.
 */
export function writeSheet<K extends SheetKind>(kind: K, rows: readonly Cells<K>[]): string {
  const columns: readonly SheetColumn<K>[] = sheetColumns[kind];
  const lines = rows.map((cells) => columns.map((column) => apostrophe(cells[column] ?? "")));
  return stringify([[...columns], ...lines], { bom: true, escape_formulas: true, record_delimiter: "windows" });
}

/** With these csv-stringify takes a cell for a formula. */
const formula = /^'+[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u;
const defused = /^'+(?=[=+\-@\t\r\uff1d\uff0b\uff0d\uff20])/u;

/** What begins with an apostrophe before such a character by itself gets one more, so that it comes back as it was. */
const apostrophe = (cell: string) => (formula.test(cell) ? `'${cell}` : cell);
const armed = (cell: string) => (defused.test(cell) ? cell.slice(1) : cell);

const lineEnds = (record: readonly string[]) =>
  record.reduce((count, cell) => count + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);

function decoded(bytes: Uint8Array): string {
  for (const encoding of ["utf-8", "shift_jis"]) {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      if (!text.includes("\0")) return text;
    } catch {
      // The next one, then.
    }
  }
  throw new Unfit("bad-request", "encoding-unknown", null, undefined, 1);
}

interface Found {
  readonly record: string[];
  /** Lines of the file up to the end of this record. */
  readonly info: { readonly lines: number };
}

function records(text: string): Found[] {
  try {
    const to = limits.sheetLines + 2;
    const read = parse(text, { info: true, relax_column_count: true, skip_records_with_empty_values: true, to });
    return read as unknown as Found[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines } = error as CsvError & { lines?: number };
    throw new Unfit("bad-request", "csv-malformed", null, error.code, lines ?? 1);
  }
}

function readHead<K extends SheetKind>(kind: K, head: readonly string[]): SheetColumn<K>[] {
  const known: readonly SheetColumn<K>[] = sheetColumns[kind];
  const named = head.map((cell) => cell.trim().toLowerCase());
  const columns = named.map((name) => {
    const column = known.find((one) => one === name);
    if (column === undefined) throw new Unfit("bad-request", "column-unknown", null, name, 1);
    return column;
  });
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new Unfit("bad-request", "column-twice", twice, undefined, 1);
  const missing = neededColumns[kind].find((column) => !columns.some((one) => one === column));
  if (missing !== undefined) throw new Unfit("bad-request", "column-missing", missing, undefined, 1);
  return columns;
}
