import { setTimeout as sleep } from "node:timers/promises";

/** Asks again until the answer is there; throws what it was waiting for when it does not come within `ms`. */
export async function until<T>(
  what: string,
  ms: number,
  ask: () => T | undefined | null | false | Promise<T | undefined | null | false>,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > deadline) throw new Error(`No ${what} within ${ms} ms.`);
    await sleep(50);
  }
}

export { sleep };
