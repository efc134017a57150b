/** The warning that has come due since the last look: the least of those that were passed, or null. Milliseconds left. */
export function dueWarning(leftBefore: number, leftNow: number, warnings: readonly number[]): number | null {
  const passed = warnings.filter((warning) => leftBefore > warning && leftNow <= warning && leftNow > 0);
  return passed.length > 0 ? Math.min(...passed) : null;
}
