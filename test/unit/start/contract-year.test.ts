import { expect, test } from "vitest";
import { contractYear } from "../../../bin/authority/contract-year.ts";

test.each(["2026-11-22T00:00:00.000Z", "2026-11-22T00:05:00.000Z", "2026-11-22T23:59:59.999Z"])(
  "a contract made at %s covers all of that day in every zone, and ends a year later",
  (instant) => {
    const { starts, ends } = contractYear(new Date(instant));
    // The farthest zones are 14 hours ahead of UTC and 12 behind it.
    expect(starts.getTime()).toBeLessThanOrEqual(Date.parse("2026-11-21T10:00:00.000Z"));
    expect(ends.toISOString()).toBe("2027-11-22T00:00:00.000Z");
  },
);
