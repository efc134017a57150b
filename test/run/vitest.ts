import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runScript } from "./command.ts";
import { secondTry } from "./second-try.ts";
import type { Tally } from "./tally.ts";

/** What vitest's JSON reporter writes, as far as it is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[];
}

/**
 * Runs one vitest project and counts its tests. A test that did not run counts as failed, and so does one that passed only when
 * it was tried again.
 */
export async function runVitest(project: string): Promise<{ tally: Tally; output: string; ms: number }> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-vitest-"));
  const file = join(folder, "report.json");
  try {
    let again = 0;
    const onLine = (line: string) => {
      if (line.startsWith(secondTry)) again++;
    };
    const words = [
      "run",
      `--project=${project}`,
      "--reporter=dot",
      "--reporter=json",
      "--reporter=./test/run/second-try.ts",
      `--outputFile=${file}`,
    ];
    const { code, output, ms } = await runScript("node_modules/vitest/vitest.mjs", words, { onLine });
    return { tally: count(readFileSync(file, "utf8"), code, again), output, ms };
  } catch (error) {
    return { tally: { passed: 0, failed: 1 }, output: String(error), ms: 0 };
  } finally {
    rmSync(folder, { recursive: true });
  }
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
