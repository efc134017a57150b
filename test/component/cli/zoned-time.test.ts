import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTime, parseZone } from "../../../cli/zoned-time.ts";

const nowMs = Date.parse("2026-03-01T00:00:00.000Z");
const base = { nowMs, fromMs: Date.parse("2026-03-05T00:00:00.000Z") };

describe("a time on the command line", () => {
  it.each([
    ["2026-03-01T09:00", "Asia/Tokyo", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01 09:00:30", "Asia/Tokyo", "2026-03-01T00:00:30.000Z"],
    ["2026-07-01T09:00", "Europe/Berlin", "2026-07-01T07:00:00.000Z"],
    ["2026-01-01T09:00", "Europe/Berlin", "2026-01-01T08:00:00.000Z"],
    ["2026-03-01T00:15", "Asia/Kathmandu", "2026-02-28T18:30:00.000Z"],
    ["2026-03-01T09:00Z", "Asia/Tokyo", "2026-03-01T09:00:00.000Z"],
    ["2026-03-01T09:00-05:00", "Asia/Tokyo", "2026-03-01T14:00:00.000Z"],
    ["now", "Asia/Tokyo", "2026-03-01T00:00:00.000Z"],
    ["+90m", "Asia/Tokyo", "2026-03-05T01:30:00.000Z"],
    ["+2h", "Asia/Tokyo", "2026-03-05T02:00:00.000Z"],
  ])("%s in %s is %s", (text, zone, instant) => {
    expect(parseTime(text, zone, base)).toBe(instant);
  });

  it("needs no zone when it has its offset, and is refused without either", () => {
    expect(parseTime("2026-03-01T09:00+09:00", undefined, base)).toBe("2026-03-01T00:00:00.000Z");
    expect(() => parseTime("2026-03-01T09:00", undefined, base)).toThrow("zone-missing");
  });

  it.each(["tomorrow", "2026-02-30T09:00", "2026-13-01T09:00", "2026-03-01", "09:00", "2026-03-01T25:00", "-2h", ""])(
    "%s is refused",
    (text) => {
      expect(() => parseTime(text, "Asia/Tokyo", base)).toThrow("time-invalid");
    },
  );

  it.each([
    ["skips", "2026-03-29T02:30"],
    ["repeats", "2026-10-25T02:30"],
  ])("that the zone %s is refused, not guessed", (_does, text) => {
    expect(() => parseTime(text, "Europe/Berlin", base)).toThrow("time-unclear");
  });

  it("comes back as the wall time that was typed, in any zone", () => {
    const zones = fc.constantFrom(
      "Asia/Tokyo",
      "Europe/Berlin",
      "America/St_Johns",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "UTC",
    );
    fc.assert(
      fc.property(
        fc.date({ min: new Date(nowMs), max: new Date("2030-01-01T00:00:00Z"), noInvalidDate: true }),
        zones,
        (date, zone) => {
          const typed = date.toISOString().slice(0, 19);
          let instant: string;
          try {
            instant = parseTime(typed, zone, base);
          } catch (error) {
            expect((error as Error).message).toBe("time-unclear");
            return;
          }
          expect(new Date(instant).toLocaleString("sv", { timeZone: zone })).toBe(typed.replace("T", " "));
        },
      ),
    );
  });

  it("is in a zone that exists", () => {
    expect(parseZone("Asia/Tokyo")).toBe("Asia/Tokyo");
    expect(() => parseZone("Asia/Nowhere")).toThrow("zone-unknown");
  });
});
