/** What `npm test` counts: checks, tests and steps of the story alike. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

export const add = (tallies: readonly Tally[]): Tally => ({
  passed: tallies.reduce((sum, one) => sum + one.passed, 0),
  failed: tallies.reduce((sum, one) => sum + one.failed, 0),
});

/** The last line that is printed, in the form that continuous integration reads. */
export const closingLine = ({ passed, failed }: Tally) => `${passed} passed, ${failed} failed`;

/** 0 only when something ran and nothing failed. */
export const exitCode = ({ passed, failed }: Tally) => (failed === 0 && passed > 0 ? 0 : 1);

/** One line for a part, with what it said when it failed. */
export function report(name: string, tally: Tally, ms: number, output: string): void {
  const state = tally.failed === 0 && tally.passed > 0 ? "ok  " : "FAIL";
  const count = tally.passed + tally.failed > 1 ? ` (${closingLine(tally)})` : "";
  console.log(`${state} ${name} ${(ms / 1000).toFixed(1)} s${count}`);
  if (state === "FAIL") console.log(output.trimEnd().replace(/^/gm, "     | "));
}
