import { describe, expect, test, vi } from "vitest";
import { keepUp } from "../../../link/redial.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";

describe("a link that is kept up", () => {
  test("waits twice as long after each failure, up to the limit, and anew after one that worked", async () => {
    vi.useFakeTimers();
    try {
      const dialled: number[] = [];
      const stop = new AbortController();
      const kept = keepUp(
        (_signal, established) => {
          dialled.push(performance.now());
          if (dialled.length === 8) established();
          if (dialled.length === 10) stop.abort();
          return dialled.length % 2 === 0 ? Promise.resolve() : Promise.reject(new GenkanError("link-closed"));
        },
        { name: "test", signal: stop.signal, log: silentProgramLog },
      );
      await vi.advanceTimersByTimeAsync(60_000);
      await kept;
      const waits = dialled.slice(1).map((at, index) => at - (dialled[index] ?? 0));
      const first = limits.redialFirstMs;
      expect(waits).toEqual([first, 400, 800, 1_600, 3_200, limits.redialMs, limits.redialMs, first, 400]);
    } finally {
      vi.useRealTimers();
    }
  });

  test("ends at once when told so in the middle of a wait", async () => {
    vi.useFakeTimers();
    try {
      const stop = new AbortController();
      const up = () => Promise.reject(new Error("broken"));
      const kept = keepUp(up, { name: "test", signal: stop.signal, log: silentProgramLog });
      await vi.advanceTimersByTimeAsync(limits.redialFirstMs / 2);
      expect(vi.getTimerCount()).toBe(1);
      stop.abort();
      await kept;
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
