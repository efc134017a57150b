import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Carrier, Leg } from "../../../link/carrier.ts";
import { LegPool, type LegPoolOptions } from "../../../link/leg-pool.ts";
import type { Token } from "../../../protocol/brand.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { asToken } from "../../brand.ts";
import { dial, fence, serve, sleep, until } from "../../unit/link/sockets.ts";

/** The far end of legs over plain TCP: every leg that arrives, and every token that was shown. */
async function farEnd(refuses: (token: string) => boolean = () => false) {
  const legs: Socket[] = [];
  const tokens: string[] = [];
  const port = await serve((socket) => void legs.push(socket));
  const carrier: Carrier = {
    dial: async (token) => {
      tokens.push(token);
      if (refuses(token)) throw new GenkanError("token-refused");
      const raw = await dial(port);
      return { stream: raw, raw };
    },
  };
  return { legs, tokens, carrier };
}

/** A carrier whose dials, once begun, wait to go on. */
function waiting(carrier: Carrier) {
  const [begun, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const dial: Carrier["dial"] = async (token, signal) => {
    begun.resolve();
    await gate.promise;
    return await carrier.dial(token, signal);
  };
  return { carrier: { dial }, begun: begun.promise, goOn: gate.resolve };
}

function pool(carrier: Carrier, options: Partial<LegPoolOptions> = {}) {
  const used: Leg[] = [];
  const pool = new LegPool({
    carrier,
    warm: 3,
    tokens: [
      asToken("a"),
      asToken("b"),
      asToken("c"),
      asToken("d"),
      asToken("e"),
      asToken("f"),
      asToken("g"),
      asToken("h"),
    ],
    tokensHeld: 8,
    moreTokens: () => new Promise(() => {}),
    onLeg: (leg) => void used.push(leg),
    log: silentProgramLog,
    ...options,
  });
  onTestFinished(() => pool.close());
  return { pool, used };
}

/** Until a timer that was set now for so long has run, and what it dialled has arrived. */
async function past(ms: number): Promise<void> {
  await sleep(ms + 1);
  await fence();
}

describe("a pool of legs", () => {
  test("keeps its number ready, and replaces one at its first byte, which is not lost", async () => {
    const far = await farEnd();
    const { pool: legs, used } = pool(far.carrier);
    await until(() => legs.ready === 3 && far.legs.length === 3);
    far.legs[1]?.write("first bytes");
    await until(() => used.length === 1 && legs.ready === 3);
    expect(far.legs).toHaveLength(4);
    expect(new Set(far.tokens).size).toBe(far.tokens.length);
    expect(String(used[0]?.stream.read())).toBe("first bytes");
  });

  test.each([
    ["was reset", (leg: Socket) => leg.resetAndDestroy()],
    ["ended", (leg: Socket) => leg.end()],
  ])("replaces one that %s, after a wait", async (_what, kill) => {
    const far = await farEnd();
    const { pool: legs, used } = pool(far.carrier);
    await until(() => far.legs.length === 3);
    const killed = performance.now();
    for (const leg of far.legs) kill(leg);
    await until(() => far.legs.length === 6);
    expect(performance.now() - killed).toBeGreaterThan(limits.redialFirstMs - 5);
    await until(() => legs.ready === 3);
    expect(used).toEqual([]);
  });

  test("that is retired resets what carries a client, and tells whether the rest still stands", async () => {
    const far = await farEnd();
    const { pool: legs, used } = pool(far.carrier, { warm: 2 });
    await until(() => legs.ready === 2 && far.legs.length === 2);
    far.legs[0]?.write("a client");
    await until(() => used.length === 1 && legs.ready === 2 && far.legs.length === 3);
    const stands = legs.retire();
    await until(() => used[0]?.raw.destroyed === true);
    expect([stands(), legs.ready]).toEqual([true, 2]);
    far.legs[1]?.resetAndDestroy();
    await until(() => legs.ready === 1);
    expect(stands()).toBe(true);
    far.legs[2]?.end();
    await until(() => legs.ready === 0);
    expect([stands(), far.legs.length]).toEqual([false, 3]);
  });

  test("that is retired lets nobody in, and takes who comes late for a sign that its gateway stood", async () => {
    const far = await farEnd();
    const { pool: legs, used } = pool(far.carrier, { warm: 1 });
    await until(() => legs.ready === 1 && far.legs.length === 1);
    const stands = legs.retire();
    far.legs[0]?.write("a late client");
    await until(() => far.legs[0]?.destroyed === true);
    expect([stands(), legs.ready, used.length]).toEqual([true, 0, 0]);
  });

  test("that is retired while it dials takes the leg for a sign that its gateway stands, and for nothing else", async () => {
    const far = await farEnd();
    const { carrier, begun, goOn } = waiting(far.carrier);
    const { pool: legs, used } = pool(carrier, { warm: 1 });
    await begun;
    const stands = legs.retire();
    expect(stands()).toBe(false);
    goOn();
    await until(() => legs.ready === 1 && far.legs.length === 1);
    expect(stands()).toBe(true);
    far.legs[0]?.resetAndDestroy();
    await until(() => !stands());
    await past(limits.redialFirstMs);
    expect([stands(), used.length, far.tokens.length]).toEqual([false, 0, 1]);
  });

  test("that closes after it was retired resets the leg that it was dialling", async () => {
    const far = await farEnd();
    const { carrier, begun, goOn } = waiting(far.carrier);
    const { pool: legs } = pool(carrier, { warm: 1 });
    await begun;
    const stands = legs.retire();
    legs.close();
    goOn();
    await until(() => far.legs[0]?.resume().destroyed === true);
    expect([stands(), legs.ready]).toEqual([false, 0]);
  });

  test("asks for more tokens below half, once at a time", async () => {
    const far = await farEnd();
    const asked: number[] = [];
    const answer = Promise.withResolvers<Token[]>();
    const moreTokens = (count: number) => {
      asked.push(count);
      return answer.promise;
    };
    const { pool: legs, used } = pool(far.carrier, { moreTokens });
    await until(() => legs.ready === 3);
    expect(asked).toEqual([]);
    for (let turn = 0; turn < 3; turn++) {
      far.legs[turn]?.write("x");
      await until(() => used.length === turn + 1 && legs.ready === 3);
    }
    expect(asked).toEqual([4]);
    answer.resolve(["i", "j", "k", "l"].map(asToken));
    for (let turn = 3; turn < 6; turn++) {
      far.legs[turn]?.write("x");
      await until(() => used.length === turn + 1 && legs.ready === 3);
    }
    expect(far.tokens.slice(-1)).toEqual(["i"]);
  });

  test("waits for tokens when it has none, and goes on when an answer fails", async () => {
    const far = await farEnd();
    let asked = 0;
    const moreTokens = async () => {
      if (++asked === 1) throw new GenkanError("reply-timeout");
      return [asToken("late")];
    };
    const { pool: legs } = pool(far.carrier, { warm: 1, tokens: [], moreTokens });
    await until(() => legs.ready === 1);
    expect(far.tokens).toEqual(["late"]);
  });

  test("tries another token when one is refused, and does not hurry", async () => {
    const far = await farEnd((token) => token < "d");
    const { pool: legs } = pool(far.carrier, { warm: 1 });
    const started = performance.now();
    await until(() => legs.ready === 1);
    expect(far.tokens).toEqual(["a", "b", "c", "d"]);
    const { redialFirstMs: first } = limits;
    expect(performance.now() - started).toBeGreaterThan(first + 2 * first + 4 * first - 20);
  });

  test("resets every leg when it closes, used ones too, and dials no more", async () => {
    const far = await farEnd();
    const { pool: legs, used } = pool(far.carrier);
    await until(() => legs.ready === 3);
    far.legs[0]?.write("x");
    await until(() => used.length === 1 && legs.ready === 3);
    const resets: boolean[] = [];
    for (const leg of far.legs) leg.on("error", () => resets.push(true)).resume();
    legs.close();
    await until(() => resets.length === 4);
    await past(limits.redialFirstMs);
    expect([far.legs.length, legs.ready]).toEqual([4, 0]);
  });
});
