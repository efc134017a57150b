import { expect, test } from "vitest";
import { Chaos, type Round } from "../../chaos/chaos.ts";

/** A short run of `npm run chaos`, which does the same a thousand times. */
test("A25: a dozen kills at random moments leave rows, routes, recordings and sockets at one, and nothing lost", async () => {
  const rounds: Round[] = [];
  const { signal } = new AbortController();
  const onRound = (round: Round) => rounds.push(round);
  const chaos = await Chaos.start({ seed: "a dozen", kills: 12, lapseEvery: 0, signal, onRound });
  try {
    const { breaches, killsOf } = await chaos.run();
    expect(breaches).toEqual([]);
    expect(Object.values(killsOf).reduce((sum, kills) => sum + kills, 0)).toBe(12);
    // This seed's round is one in which any of them may be killed.
    expect(Object.values(killsOf).every((kills) => kills > 0)).toBe(true);
  } finally {
    await chaos.stop();
  }
  expect(rounds).toHaveLength(1);
  expect(rounds[0]?.sessions).toBeGreaterThan(2);
}, 120_000);
