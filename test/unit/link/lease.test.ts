import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { LeaseTable } from "../../../link/lease.ts";
import { until } from "./sockets.ts";

describe("the lease table", () => {
  test("lets each lapse on its own time", async () => {
    const lapsed: [string, number][] = [];
    const started = performance.now();
    const now = () => performance.now();
    const table = new LeaseTable({ now, onLapse: (name) => lapsed.push([name, performance.now() - started]) });
    table.add("late", 300);
    table.add("early", 100);
    table.add("gone", 150);
    table.remove("gone");
    await until(() => lapsed.some(([name]) => name === "late"));
    // Exactness is held by the model below; real timers come late on a busy machine, and never early.
    expect(lapsed.map(([name]) => name)).toEqual(["early", "late"]);
    for (const [index, due] of [100, 300].entries()) expect(lapsed[index]?.[1]).toBeGreaterThanOrEqual(due);
  });

  test("agrees with a model, whatever is added, renewed and removed", () => {
    type Step = { act: "add" | "renew" | "remove" | "wait"; name: string; ms: number };
    const step: fc.Arbitrary<Step> = fc.record({
      act: fc.constantFrom("add", "renew", "remove", "wait"),
      name: fc.constantFrom("a", "b", "c"),
      ms: fc.integer({ min: 1, max: 40 }),
    });
    vi.useFakeTimers();
    try {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
          const now = () => performance.now();
          const lapsed: string[] = [];
          const table = new LeaseTable({ now, onLapse: (name) => lapsed.push(`${name}@${now()}`) });
          const model = new Map<string, number>();
          const expected: string[] = [];
          for (const { act, name, ms } of steps) {
            if (act === "add") {
              table.add(name, ms);
              model.set(name, now() + ms);
            } else if (act === "renew") {
              table.renew([name], ms);
              if (model.has(name)) model.set(name, now() + ms);
            } else if (act === "remove") {
              table.remove(name);
              model.delete(name);
            } else {
              const end = now() + ms;
              for (const [due, until] of model) {
                if (until > end) continue;
                model.delete(due);
                expected.push(`${due}@${until}`);
              }
              vi.advanceTimersByTime(ms);
            }
            expect(["a", "b", "c"].filter((each) => table.leftMs(each) > 0)).toEqual(
              ["a", "b", "c"].filter((each) => model.has(each)),
            );
          }
          expect(lapsed.sort()).toEqual(expected.sort());
          table.close();
        }),
      );
    } finally {
      vi.useRealTimers();
    }
  });

  test("does not revive what lapsed while the program was busy", () => {
    let clock = 0;
    const lapsed: string[] = [];
    const table = new LeaseTable({ now: () => clock, onLapse: (name) => lapsed.push(name) });
    table.add("a", 100);
    clock = 101;
    expect(table.leftMs("a")).toBe(0);
    table.renew(["a"], 1_000);
    expect(lapsed).toEqual(["a"]);
    expect(table.leftMs("a")).toBe(0);
  });
});
