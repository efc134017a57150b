import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "./command.ts";
import { secondTry } from "./second-try.ts";
import type { Tally } from "./tally.ts";

/** What vitest's JSON reporter writes, as far as it is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * Runs one vitest project, or those of its tests that `filters` name by a part of their path, and counts them. A test that did
 * not run counts as failed, and so does one that passed only when it was tried again; `failed` names them. `command` may put
 * another command before the one that runs them.
 */
export async function runVitest(
  project: string,
  filters: readonly string[] = [],
  command = (words: readonly string[]): readonly string[] => words,
): Promise<{ tally: Tally; failed: string[]; output: string; ms: number }> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-vitest-"));
  const file = join(folder, "report.json");
  try {
    const again: string[] = [];
    const onLine = (line: string) => {
      if (line.startsWith(secondTry)) again.push(line);
    };
    const [first = "", ...words] = command([
      process.execPath,
      "node_modules/vitest/vitest.mjs",
      "run",
      ...filters,
      `--project=${project}`,
      "--reporter=dot",
      "--reporter=json",
      "--reporter=./test/run/second-try.ts",
      `--outputFile=${file}`,
    ]);
    const { code, output, ms } = await run(first, words, { onLine });
    const report = readFileSync(file, "utf8");
    return { tally: count(report, code, again.length), failed: [...namesOf(report), ...again], output, ms };
  } catch (error) {
    return { tally: { passed: 0, failed: 1 }, failed: [], output: String(error), ms: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Full names of the tests that did not pass, and what is said of a file that could not be loaded. */
export function namesOf(report: string): string[] {
  const { testResults } = JSON.parse(report) as VitestReport;
  return testResults.flatMap(({ status, message, assertionResults }) => {
    const names = assertionResults.filter((test) => test.status !== "passed").map((test) => test.fullName);
    return names.length === 0 && status === "failed" ? [(message ?? "").split("\n")[0] ?? ""] : names;
  });
}

/**
 * `report` is the reporter's JSON; an exit code that it does not explain counts as one failure. `again` of those that it calls
 * passed did so only when they were tried again.
 */
export function count(report: string, code: number | null, again = 0): Tally {
  const result = JSON.parse(report) as VitestReport;
  const unloaded = result.testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
  const failed = result.numFailedTests + result.numPendingTests + result.numTodoTests + unloaded.length + again;
  return { passed: result.numPassedTests - again, failed: failed === 0 && code !== 0 ? 1 : failed };
}
