import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { scaleOf } from "../../../web/portal/scale.ts";

const minute = 60_000;
const hour = 60 * minute;
const tokyo = 9 * hour;
const now = Date.parse("2026-11-30T18:20:00.000Z");
const window = (from: number, length: number) => ({
  start: new Date(now + from).toISOString(),
  end: new Date(now + from + length).toISOString(),
});

describe("the timeline's scale", () => {
  test("is as long as what it shows: an hour is not lost in a day", () => {
    const { start, end, marks } = scaleOf(now, [window(0, hour)], tokyo);
    expect(end - start).toBeLessThanOrEqual(1.5 * hour);
    expect(marks.length).toBeGreaterThan(2);
  });

  test("has a mark at midnight of this computer's zone", () => {
    const midnight = Date.parse("2026-12-01T15:00:00.000Z");
    expect(scaleOf(now, [window(0, 22 * hour)], tokyo).marks).toContain(midnight);
    expect(scaleOf(midnight - hour, [window(20 * hour, hour)], tokyo).marks).toContain(midnight);
  });

  test("holds now, every window of this day, and few enough marks to read", () => {
    const some = fc.array(fc.tuple(fc.integer({ min: -90, max: 1_000 }), fc.integer({ min: 1, max: 300 })), {
      minLength: 1,
      maxLength: 8,
    });
    fc.assert(
      fc.property(some, fc.integer({ min: -48, max: 56 }), (spans, quarters) => {
        const windows = spans.map(([from, length]) => window(from * minute, length * minute));
        const { start, end, marks } = scaleOf(now, windows, quarters * 15 * minute);
        expect(start).toBeLessThanOrEqual(now);
        expect(end).toBeGreaterThanOrEqual(now);
        expect(marks.length).toBeLessThanOrEqual(7);
        for (const shown of windows) {
          expect(start).toBeLessThanOrEqual(Date.parse(shown.start));
          expect(end).toBeGreaterThanOrEqual(Math.min(Date.parse(shown.end), now + 22 * hour));
        }
      }),
    );
  });
});
