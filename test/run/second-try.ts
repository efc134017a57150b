import type { Reporter, TestCase } from "vitest/node";

/** How the line begins that names a test which did not pass at its first try. */
export const secondTry = "passed only when tried again: ";

/** Whether it passed, but not at once. */
export function triedAgain(test: TestCase): boolean {
  const seen = test.diagnostic();
  return test.result().state === "passed" && seen !== undefined && (seen.retryCount > 0 || seen.flaky);
}

/**
 * A test that passes when it is tried again has shown a fault as much as one that does not, only more seldom: it is named, and
 * the run fails. Nothing here asks for such tries, and a test that asks for one by itself stays visible.
 */
export default class SecondTry implements Reporter {
  readonly #names: string[] = [];

  onTestCaseResult(test: TestCase): void {
    if (!triedAgain(test)) return;
    this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestRunEnd(): void {
    if (this.#names.length === 0) return;
    for (const name of this.#names) console.log(`${secondTry}${name}`);
    process.exitCode = 1;
  }
}
