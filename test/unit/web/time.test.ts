import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  durationText,
  fromLocalInput,
  instantText,
  readAlike,
  toLocalInput,
  windowText,
} from "../../../web/app/time.ts";

const evening = "2026-11-20T10:30:00.000Z";

describe("an instant", () => {
  test("is never shown without its zone", () => {
    expect(instantText(evening, "Asia/Tokyo", "ja")).toBe("11月20日(金) 19:30 JST");
    expect(instantText(evening, "Asia/Tokyo", "en")).toBe("Fri 20 Nov 19:30 JST");
    expect(instantText(evening, "Europe/Berlin", "en")).toBe("Fri 20 Nov 11:30 GMT+1");
  });

  test("names a zone alike in every language", () => {
    for (const zone of ["Asia/Tokyo", "America/New_York", "Europe/London", "UTC"]) {
      const [ja, en] = [instantText(evening, zone, "ja"), instantText(evening, zone, "en")];
      expect(ja.split(" ").at(-1)).toBe(en.split(" ").at(-1));
    }
  });

  test("takes the offset that holds on its own day", () => {
    expect(instantText("2026-07-01T10:30:00.000Z", "Europe/Berlin", "en")).toBe("Wed 1 Jul 12:30 GMT+2");
  });

  test("names its year and its second where that is asked for", () => {
    expect(instantText(evening, "Asia/Tokyo", "ja", "year")).toBe("2026年11月20日(金) 19:30 JST");
    expect(instantText(evening, "Asia/Tokyo", "en", "exact")).toBe("Fri 20 Nov 2026 19:30:00 JST");
  });

  test("counts midnight as the hour zero of its day", () => {
    expect(instantText("2026-11-20T15:00:00.000Z", "Asia/Tokyo", "ja")).toBe("11月21日(土) 00:00 JST");
  });
});

describe("a window", () => {
  const window = { start: evening, end: "2026-11-20T12:30:00.000Z" };

  test("names its day once when it ends on the day on which it starts", () => {
    expect(windowText(window, "Asia/Tokyo", "ja")).toBe("11月20日(金) 19:30–21:30 JST");
  });

  test("names both days when it goes over midnight in that zone", () => {
    const late = { start: "2026-11-20T14:00:00.000Z", end: "2026-11-20T16:00:00.000Z" };
    expect(windowText(late, "Asia/Tokyo", "ja")).toBe("11月20日(金) 23:00 – 11月21日(土) 01:00 JST");
    expect(windowText(late, "UTC", "en")).toBe("Fri 20 Nov 14:00–16:00 UTC");
  });

  test("shows both offsets where clocks change in between, and one where they do not", () => {
    const back = { start: "2026-11-01T05:30:00.000Z", end: "2026-11-01T06:30:00.000Z" };
    expect(windowText(back, "America/New_York", "en")).toBe("Sun 1 Nov 01:30 GMT-4 – 01:30 GMT-5");
    expect(windowText(back, "America/New_York", "ja")).toBe("11月1日(日) 01:30 GMT-4 – 01:30 GMT-5");
    const twoHours = { start: "2026-11-01T04:30:00.000Z", end: "2026-11-01T06:30:00.000Z" };
    expect(windowText(twoHours, "America/New_York", "en")).toBe("Sun 1 Nov 00:30 GMT-4 – 01:30 GMT-5");
    expect(windowText(back, "America/Chicago", "en")).toBe("Sun 1 Nov 00:30–01:30 GMT-5");
  });

  test("reads alike in two zones only where both clocks agree at both ends", () => {
    expect(readAlike(window, "Asia/Tokyo", "Asia/Seoul")).toBe(true);
    expect(readAlike(window, "Asia/Tokyo", "Europe/Berlin")).toBe(false);
  });
});

describe("a duration", () => {
  test("shows seconds only when it is nearly over", () => {
    expect(durationText(7_265_000, "ja")).toBe("2時間1分");
    expect(durationText(7_265_000, "en")).toBe("2 h 1 min");
    expect(durationText(65_000, "ja")).toBe("1分5秒");
  });

  test("is never negative", () => {
    expect(durationText(-1, "ja")).toBe("0秒");
    expect(durationText(-1, "en")).toBe("0 s");
  });

  test("says something for every length", () => {
    fc.assert(fc.property(fc.integer({ min: -1e6, max: 1e11 }), (ms) => durationText(ms, "ja").length > 0));
  });
});

test("a datetime-local input holds an instant to its minute", () => {
  const minute = 60_000;
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
      const back = fromLocalInput(toLocalInput(ms));
      // Where clocks are set back, one wall time means two instants an hour apart.
      expect([0, 3_600_000]).toContain(Math.abs(Number(back) - (ms - (ms % minute))));
    }),
  );
  expect(fromLocalInput("")).toBeNull();
  expect(fromLocalInput("tomorrow")).toBeNull();
});

test("a year can be typed digit by digit: what stands there after the first is a year too", () => {
  const years = ["0002", "0020", "0202", "2026"];
  for (const typed of years.map((year) => `${year}-11-22T19:30`)) {
    expect(toLocalInput(Number(fromLocalInput(typed)))).toBe(typed);
  }
});
