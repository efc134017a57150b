import { setTimeout as sleep } from "node:timers/promises";

/** Whoever waits less on a busy machine has measured the machine. */
const leastMs = 30_000;

/**
 * Asks again until the answer is there; throws what it was waiting for when it does not come within `ms`, or half a minute where
 * that is longer.
 */
export async function until<T>(
  what: string,
  ms: number,
  ask: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  const allowedMs = Math.max(ms, leastMs);
  const deadline = performance.now() + allowedMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`No ${what} within ${allowedMs} ms.`);
    await sleep(50);
  }
}

/**
 * What a bound on a time has to bear beside what it bounds, in milliseconds: ten times what this machine takes now for `act`, a
 * thing that takes some milliseconds when it has nothing else to do.
 */
export async function slackOf(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  for (let time = 0; time < 5; time++) await act();
  return 2 * (performance.now() - began);
}

export { sleep };
