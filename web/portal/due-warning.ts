/**
 * What is left when a warning has come due since the last look, or null. Milliseconds, up to the whole second: a look comes
 * a little after the instant, or long after it where the computer slept.
 */
export function dueWarning(leftBefore: number, leftNow: number, warnings: readonly number[]): number | null {
  const due = leftNow > 0 && warnings.some((warning) => leftBefore > warning && leftNow <= warning);
  return due ? Math.ceil(leftNow / 1_000) * 1_000 : null;
}
