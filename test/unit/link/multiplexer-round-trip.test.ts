import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RoundTrip } from "../../../link/round-trip.ts";
import { limits } from "../../../protocol/limits.ts";

describe("the round trip of a link", () => {
  let now = 0;
  let pings: Uint8Array[] = [];
  let trip: RoundTrip;
  const answer = (after: number) => {
    now += after;
    trip.answered(pings.at(-1) ?? new Uint8Array(8));
  };
  beforeEach(() => {
    vi.useFakeTimers();
    pings = [];
    trip = new RoundTrip(
      () => now,
      (payload) => pings.push(payload),
    );
    trip.start();
  });
  afterEach(() => {
    trip.stop();
    vi.useRealTimers();
  });

  it("is unknown before the first answer, then the shortest seen, also under load", () => {
    expect(trip.shortest).toBeUndefined();
    answer(30);
    expect(trip.shortest).toBe(30);
    vi.advanceTimersByTime(limits.controlPingMs);
    answer(900);
    expect(trip.shortest).toBe(30);
    vi.advanceTimersByTime(limits.controlPingMs);
    answer(20);
    expect(trip.shortest).toBe(20);
  });

  it("is asked for once at a time, so that a frozen link gathers no pings", () => {
    vi.advanceTimersByTime(100 * limits.controlPingMs);
    expect(pings).toHaveLength(1);
  });

  it("takes one answer to one question", () => {
    expect(() => trip.answered(Buffer.from("12345678"))).toThrow("layout");
    answer(1);
    expect(() => answer(1)).toThrow("layout");
  });
});
