import { createHash } from "node:crypto";

export interface TestFile {
  /** Relative to the checkout. */
  readonly file: string;
  /** Of vitest. */
  readonly project: string;
}

/** What came of one file, as it is printed with `--json` and kept in the list of what is done: one line each. */
export interface FileResult extends TestFile {
  readonly alone: Runs;
  readonly loaded: Runs;
  /** How long all its runs took, in milliseconds. */
  readonly ms: number;
}

export interface Runs {
  readonly runs: number;
  readonly failed: number;
  /** Name of each test that failed, and how often; what failed outside of a test is told by its first line. */
  readonly tests: Readonly<Record<string, number>>;
}

/**
 * In an order that has nothing to do with what the files are, the same each time: so that the time that those took which are
 * done says something of those that are left.
 */
export function mixed<F extends TestFile>(files: readonly F[]): F[] {
  const place = ({ file }: TestFile) => createHash("sha256").update(file).digest("hex");
  return files.toSorted((one, other) => (place(one) < place(other) ? -1 : 1));
}

/** Milliseconds that so many files still take, by those that are done; undefined before the first is. */
export function timeLeft(done: readonly FileResult[], left: number): number | undefined {
  if (done.length === 0) return undefined;
  return (done.reduce((sum, { ms }) => sum + ms, 0) / done.length) * left;
}

/** Counts runs by what failed in each of them; a run is clean where nothing is named. */
export function countRuns(failures: readonly (readonly string[])[]): Runs {
  const tests: Record<string, number> = {};
  for (const name of failures.flat()) tests[name] = (tests[name] ?? 0) + 1;
  return { runs: failures.length, failed: failures.filter((names) => names.length > 0).length, tests };
}

/** Those that a list of what is done has already, by its lines; a last line that was cut short is none. */
export function doneFiles(text: string): FileResult[] {
  return text.split("\n").flatMap((line) => {
    try {
      return [JSON.parse(line) as FileResult];
    } catch {
      return [];
    }
  });
}
