import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runScript } from "../run/command.ts";

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
}

export interface Runs {
  readonly runs: number;
  readonly failed: number;
  /** Name of each test that failed, and how often; what failed outside of a test is told by its first line. */
  readonly tests: Readonly<Record<string, number>>;
}

/** Every test file of vitest's projects whose path has one of `parts` in it; all of them where none is named. */
export async function testFiles(parts: readonly string[]): Promise<TestFile[]> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-flakes-"));
  try {
    const list = join(folder, "files.json");
    const { code, output } = await runScript("node_modules/vitest/vitest.mjs", [
      "list",
      "--filesOnly",
      `--json=${list}`,
    ]);
    if (code !== 0 || !existsSync(list)) throw new Error(`The tests can't be listed:\n${output}`);
    const found = JSON.parse(readFileSync(list, "utf8")) as { file: string; projectName: string }[];
    return found
      .map(({ file, projectName }) => ({ file: relative(process.cwd(), file), project: projectName }))
      .filter(({ file }) => parts.length === 0 || parts.some((part) => file.includes(part)));
  } finally {
    rmSync(folder, { recursive: true });
  }
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
