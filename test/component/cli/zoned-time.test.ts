import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askedWindow, checkReadable } from "../../../cli/asked-window.ts";
import { parseDuration, parseTime, parseZone } from "../../../cli/zoned-time.ts";

/** 09:00 on Sunday in Tokyo, 01:00 in Berlin. */
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
    ["今", "Asia/Tokyo", "2026-03-01T00:00:00.000Z"],
    ["+90m", "Asia/Tokyo", "2026-03-05T01:30:00.000Z"],
    ["+2h", "Asia/Tokyo", "2026-03-05T02:00:00.000Z"],
    ["+1h30m", "Asia/Tokyo", "2026-03-05T01:30:00.000Z"],
    ["＋２時間", "Asia/Tokyo", "2026-03-05T02:00:00.000Z"],
    ["+1時間半", "Asia/Tokyo", "2026-03-05T01:30:00.000Z"],
  ])("%s in %s is %s", (text, zone, instant) => {
    expect(parseTime(text, zone, base)).toBe(instant);
  });

  it.each([
    ["01:00", "2026-03-01T16:00:00.000Z"],
    ["09:00", "2026-03-01T00:00:00.000Z"],
    ["08:59", "2026-03-01T23:59:00.000Z"],
    ["23:00", "2026-03-01T14:00:00.000Z"],
    ["9時半", "2026-03-01T00:30:00.000Z"],
    ["tonight 23:00", "2026-03-01T14:00:00.000Z"],
    ["Tonight 01:00", "2026-03-01T16:00:00.000Z"],
    ["今夜 23:00", "2026-03-01T14:00:00.000Z"],
    ["今夜２３：００", "2026-03-01T14:00:00.000Z"],
    ["今夜1時", "2026-03-01T16:00:00.000Z"],
    ["今晩 23時30分", "2026-03-01T14:30:00.000Z"],
    ["tomorrow 09:00", "2026-03-02T00:00:00.000Z"],
    ["明日　09:00", "2026-03-02T00:00:00.000Z"],
    ["明朝 6時", "2026-03-01T21:00:00.000Z"],
    ["today 07:00", "2026-02-28T22:00:00.000Z"],
  ])("at nine in the morning in Tokyo %s is %s", (text, instant) => {
    expect(parseTime(text, "Asia/Tokyo", { nowMs })).toBe(instant);
  });

  it("after midnight, tonight is the night that it is", () => {
    const night = { nowMs: Date.parse("2026-03-01T16:30:00.000Z") };
    expect(parseTime("tonight 03:00", "Asia/Tokyo", night)).toBe("2026-03-01T18:00:00.000Z");
    expect(parseTime("今夜 01:00", "Asia/Tokyo", night)).toBe("2026-03-02T16:00:00.000Z");
    expect(parseTime("tonight 23:00", "Asia/Tokyo", night)).toBe("2026-03-02T14:00:00.000Z");
  });

  it("that is a time of day begins in the minute that it is, and ends after the start", () => {
    const soon = { nowMs: nowMs + 20_000 };
    expect(parseTime("09:00", "Asia/Tokyo", soon)).toBe("2026-03-01T00:00:00.000Z");
    expect(parseTime("01:00", "Asia/Tokyo", { nowMs, fromMs: Date.parse("2026-03-01T14:00:00Z") })).toBe(
      "2026-03-01T16:00:00.000Z",
    );
    expect(parseTime("09:00", "Asia/Tokyo", { nowMs, fromMs: nowMs })).toBe("2026-03-02T00:00:00.000Z");
  });

  it.each([
    "tomorrow",
    "tomorrow at nine",
    "明日の夜",
    "update 3 pumps 09:00",
    "2026-02-30T09:00",
    "2026-13-01T09:00",
    "2026-03-01",
    "03/04 09:00",
    "24:00",
    "25:00",
    "09:60",
    "2026-03-01T25:00",
    "-2h",
    "+0h",
    "+",
    "",
  ])("%s is refused", (text) => {
    expect(() => parseTime(text, "Asia/Tokyo", base)).toThrow("time-invalid");
  });

  it.each(["tonight 09:00", "今夜 16:59", "明朝 13:00"])("%s is refused: it is of another part of the day", (text) => {
    expect(() => parseTime(text, "Asia/Tokyo", base)).toThrow("time-not-of-day");
  });

  it("that the zone skips is refused by name, not guessed", () => {
    const error = expect.objectContaining({
      key: "time-skipped",
      values: { text: "2026-03-29T02:30", time: "2026-03-29 02:30", zone: "Europe/Berlin" },
    });
    expect(() => parseTime("2026-03-29T02:30", "Europe/Berlin", base)).toThrow(error);
    const eve = { nowMs: Date.parse("2026-03-28T20:00:00.000Z") };
    expect(() => parseTime("tonight 02:30", "Europe/Berlin", eve)).toThrow("time-skipped");
    expect(() => parseTime("02:30", "Europe/Berlin", eve)).toThrow("time-skipped");
  });

  it("that the zone repeats is refused with both of its times, which can be typed", () => {
    const [first, second] = ["2026-10-25T02:30+02:00", "2026-10-25T02:30+01:00"];
    const eve = { nowMs: Date.parse("2026-10-24T20:00:00.000Z") };
    const error = expect.objectContaining({
      key: "time-twice",
      values: { text: "02:30", first, second, zone: "Europe/Berlin" },
    });
    expect(() => parseTime("02:30", "Europe/Berlin", eve)).toThrow(error);
    expect(parseTime(first, "Europe/Berlin", eve)).toBe("2026-10-25T00:30:00.000Z");
    expect(parseTime(second, "Europe/Berlin", eve)).toBe("2026-10-25T01:30:00.000Z");
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
            expect((error as Error).message).toMatch(/^time-(skipped|twice)$/);
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

describe("a length of time", () => {
  it.each([
    ["2h", 7_200_000],
    ["+2h", 7_200_000],
    ["30m", 1_800_000],
    ["90min", 5_400_000],
    ["1h 30m", 5_400_000],
    ["２時間", 7_200_000],
    ["30分", 1_800_000],
  ])("%s is %d ms", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["2", "h", "two hours", "-1h", "0m", "", "1.5h", "半"])("%s is refused", (text) => {
    expect(() => parseDuration(text)).toThrow("duration-invalid");
  });
});

describe("a window on the command line", () => {
  const window = (typed: Parameters<typeof askedWindow>[0]) => askedWindow(typed, "Asia/Tokyo", nowMs);

  it("begins now unless told, and ends at a time or after a length", () => {
    const twoHours = { start: "2026-03-01T00:00:00.000Z", end: "2026-03-01T02:00:00.000Z" };
    expect(window({ for: "2h" })).toEqual(twoHours);
    expect(window({ until: "11:00" })).toEqual(twoHours);
    expect(window({ start: "23:00", until: "+2h" })).toEqual({
      start: "2026-03-01T14:00:00.000Z",
      end: "2026-03-01T16:00:00.000Z",
    });
  });

  it.each([
    [{ start: "10:00", until: "2026-03-01T09:30" }, "window-backwards", {}],
    [{ start: "2026-02-28T03:00", until: "2026-02-28T05:00" }, "window-past", { now: "2026-03-01 09:00 (Asia/Tokyo)" }],
    [{ for: "8h1m" }, "window-too-long", { hours: 8, window: "2026-03-01 09:00–17:01 (Asia/Tokyo)" }],
    [{ start: "2026-12-01T01:00", for: "1h" }, "window-too-far", { days: 90 }],
  ])("%j is refused with its own words and bound", (typed, key, values) => {
    expect(() => window(typed)).toThrow(expect.objectContaining({ key, values: expect.objectContaining(values) }));
  });

  it("of exactly the longest length is asked for", () => {
    expect(window({ for: "8h" }).end).toBe("2026-03-01T08:00:00.000Z");
  });

  it.each([
    [{}, "window-until-or-for"],
    [{ until: "+1h", for: "1h" }, "window-until-or-for"],
    [{ start: "soon", for: "1h" }, "time-invalid"],
    [{ until: "later" }, "time-invalid"],
    [{ for: "long" }, "duration-invalid"],
  ])("%j can't be read", (typed, key) => {
    expect(() => checkReadable(typed)).toThrow(key);
  });
});
