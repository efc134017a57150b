import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import { type Turn, WriteTurns } from "../../../store/turn.ts";
import { outcome } from "../authority/world.ts";

/** A queue whose first writer is at work until `begin`; `order` is who wrote, in turn. */
function queue() {
  const turns = new WriteTurns();
  const order: string[] = [];
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const all: Promise<void>[] = [turns.run(() => begun)];
  const write = (name: string, turn?: Turn) => {
    const written = turns.run(async () => void order.push(name), turn);
    all.push(written);
    return written;
  };
  return { turns, order, write, finish: async () => (begin(), await Promise.all(all), order) };
}

const urgent: Turn = { lane: "urgent", by: "officer" };
const entry = (by: string): Turn => ({ lane: "entry", by });
const usual = (by: string): Turn => ({ lane: "usual", by });

describe("writers who wait", () => {
  test("write one at a time, in the order in which they came", async () => {
    const q = queue();
    for (const name of ["a", "b", "c"]) void q.write(name);
    expect(await q.finish()).toEqual(["a", "b", "c"]);
  });

  test("let go first what cuts, then what a caller's way in needs, however many came before", async () => {
    const q = queue();
    for (let n = 0; n < 1_000; n++) void q.write("guess");
    void q.write("way in", entry("officer"));
    void q.write("lock", urgent);
    expect((await q.finish()).slice(0, 3)).toEqual(["lock", "way in", "guess"]);
  });

  test("take turns by whom they write for: who queues a thousand waits for himself", async () => {
    const q = queue();
    for (let n = 0; n < 1_000; n++) void q.write("flood", entry("a"));
    void q.write("b1", entry("b"));
    void q.write("b2", entry("b"));
    void q.write("c1", usual("c"));
    const order = await q.finish();
    expect([order.indexOf("b1"), order.indexOf("b2"), order.indexOf("c1")]).toEqual([1, 3, 1_002]);
  });

  test("are let in after one whose work failed", async () => {
    const q = queue();
    const failed = q.turns.run(() => Promise.reject(new Error("disk")));
    void q.write("next");
    const said = expect(failed).rejects.toThrow("disk");
    expect(await q.finish()).toEqual(["next"]);
    await said;
    await q.write("last");
    expect(q.order).toEqual(["next", "last"]);
  });

  test("are refused beyond their lane's places, and a full lane keeps nobody out of another", async () => {
    const q = queue();
    for (let n = 0; n < limits.storeWaiting; n++) void q.write("guess");
    expect(await outcome(q.turns.run(async () => {}))).toBe("store-unavailable");
    void q.write("lock", urgent);
    expect((await q.finish())[0]).toBe("lock");
  });
});

describe("a writer whose turn does not come in time", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
  afterEach(() => void vi.useRealTimers());

  test("gives up, and takes nobody else's turn", async () => {
    const q = queue();
    const late = outcome(q.turns.run(async () => void q.order.push("late")));
    vi.advanceTimersByTime(limits.storeTurnMs - 1);
    void q.write("in time");
    vi.advanceTimersByTime(1);
    expect(await late).toBe("store-unavailable");
    expect(await q.finish()).toEqual(["in time"]);
  });
});

test("between two writers everything else is heard, however many wait", async () => {
  const turns = new WriteTurns();
  const order: string[] = [];
  const writers = Array.from({ length: 20 }, (_, i) =>
    turns.run(async () => void order.push("stranger"), usual(`stranger ${i}`)),
  );
  await new Promise((resolve) => setImmediate(resolve));
  await turns.run(async () => void order.push("officer"), urgent);
  await Promise.all(writers);
  expect(order).toHaveLength(21);
  expect(order.indexOf("officer")).toBeLessThan(5);
});
