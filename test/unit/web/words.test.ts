import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { statementHash } from "../../../crypto/statement.ts";
import { en } from "../../../text/en.ts";
import { ja } from "../../../text/ja.ts";
import { bytesText, fromBase64Url, toBase64Url } from "../../../web/app/bytes.ts";
import { computerLabel, freeLabel } from "../../../web/app/computer.ts";
import { statementDigest } from "../../../web/app/digest.ts";
import { matchPath } from "../../../web/app/path.ts";
import { tidyUserCode } from "../../../web/app/user-code.ts";
import { whyText } from "../../../web/app/why.ts";
import { connectLine } from "../../../web/portal/connect-line.ts";
import { dueWarning } from "../../../web/portal/due-warning.ts";
import { asWindow, inputText, instantsOf, quickWindow, retyped } from "../../../web/portal/typed-window.ts";
import { matches } from "../../../web/staff/log-filter.ts";

test("the page hashes a statement as the authority and the agent do", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      expect(await statementDigest("genkan/grant/v1", bytes)).toBe(statementHash("genkan/grant/v1", bytes));
    }),
    { numRuns: 50 },
  );
});

test("base64url goes there and back, and is what Node writes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString("base64url"));
      expect([...fromBase64Url(toBase64Url(bytes))]).toEqual([...bytes]);
    }),
  );
  expect(() => fromBase64Url("a+b")).toThrow(TypeError);
});

test("a count of bytes is read at a glance", () => {
  expect([0, 999, 1_200, 104_857_600, 5e12].map(bytesText)).toEqual(["0 B", "999 B", "1.2 kB", "104.9 MB", "5.0 TB"]);
  expect(bytesText(999_999)).toBe("1.0 MB");
});

test("a path names its parts, and a longer or other one is none of it", () => {
  expect(matchPath("/requests/:id", "/requests/req_1")).toEqual({ id: "req_1" });
  expect(matchPath("/requests/:id", "/requests/")).toBeNull();
  expect(matchPath("/requests/:id", "/requests/a/b")).toBeNull();
  expect(matchPath("/device", "/device/")).toEqual({});
  expect(matchPath("/", "/")).toEqual({});
  expect(matchPath("/a/:id", "/a/%E0%A4%A")).toEqual({ id: "%E0%A4%A" });
});

test("a user code has one form however it is typed", () => {
  for (const typed of ["abcd-efgh", "ABCDEFGH", " abcd efgh ", "#ABCD-EFGH"]) {
    expect(tidyUserCode(typed)).toBe("ABCD-EFGH");
  }
  expect(tidyUserCode("abc")).toBe("ABC");
});

describe("the line for the command line", () => {
  const line = (device: string, service: string) =>
    connectLine({ id: "gnt_1", device: { id: "dev_1", name: device } }, { id: "svc_1", name: service });

  test("uses names, quoted where they have spaces, and the grant, as another device may have the same name", () => {
    expect(line("vital-monitor-3F", "ssh")).toBe("genkan connect vital-monitor-3F ssh --grant gnt_1");
    expect(line("輸液ポンプ ゲートウェイ", "保守回線")).toBe(
      'genkan connect "輸液ポンプ ゲートウェイ" 保守回線 --grant gnt_1',
    );
  });

  test("falls back to the id where a shell would read the name, or an option would be seen", () => {
    for (const name of ['a"b', "a$(b)", "a`b`", "a;b\n", "%PATH%", "a\\b", "-p", "x!y", "a&b"]) {
      expect(line(name, "ssh"), name).toBe("genkan connect dev_1 ssh --grant gnt_1");
    }
  });
});

describe("the typed window", () => {
  const nowMs = Date.parse("2026-11-20T10:00:30.000Z");
  const typed = (ms: number) => {
    const date = new Date(ms);
    const two = (value: number) => String(value).padStart(2, "0");
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
  };

  test("is none while one side is missing", () => {
    expect(asWindow({ start: "", end: typed(nowMs) }, nowMs)).toBeNull();
  });

  test("starts at this minute when its start has passed meanwhile", () => {
    const window = asWindow({ start: typed(nowMs - 600_000), end: typed(nowMs + 3_600_000) }, nowMs);
    expect(window).toEqual({ start: "2026-11-20T10:00:00.000Z", end: "2026-11-20T11:00:00.000Z" });
  });

  const inNewYork = (check: () => void) => {
    const zone = process.env.TZ;
    process.env.TZ = "America/New_York";
    try {
      check();
    } finally {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    }
  };

  test("is as long as its button says, also where the clocks go back meanwhile", () => {
    inNewYork(() => {
      const halfPastOne = Date.parse("2026-11-01T05:30:20.000Z");
      const quick = quickWindow(1);
      const shown = [quick.start, quick.end].map((time) => inputText(time, halfPastOne));
      expect(shown).toEqual(["2026-11-01T01:30", "2026-11-01T01:30"]);
      const window = { start: "2026-11-01T05:30:00.000Z", end: "2026-11-01T06:30:00.000Z" };
      expect(asWindow(quick, halfPastOne)).toEqual(window);
    });
  });

  test("is as long as its button says, however long the form is filled in, until a side is typed", () => {
    const later = nowMs + 5 * 60_000;
    const quick = quickWindow(4);
    expect(asWindow(quick, later)).toEqual({ start: "2026-11-20T10:05:00.000Z", end: "2026-11-20T14:05:00.000Z" });
    const end = retyped(quick, "start", typed(nowMs + 3_600_000), nowMs).end;
    expect(end).toBe("2026-11-20T14:00:00.000Z");
  });

  test("is none while a time comes twice, and the one that was chosen then", () => {
    inNewYork(() => {
      const twice = { start: "2026-11-01T00:30", end: "2026-11-01T01:30" };
      const before = Date.parse("2026-10-31T12:00:00.000Z");
      expect(asWindow(twice, before)).toBeNull();
      const [first = 0, second = 0] = instantsOf(twice.end, before);
      expect(second - first).toBe(3_600_000);
      const chosen = retyped(twice, "end", new Date(second).toISOString(), before);
      expect(inputText(chosen.end, before)).toBe("2026-11-01T01:30");
      expect(asWindow(chosen, before)).toEqual({ start: "2026-11-01T04:30:00.000Z", end: "2026-11-01T06:30:00.000Z" });
    });
  });

  test("is none where clocks leave a time out", () => {
    inNewYork(() => {
      const before = Date.parse("2026-03-07T12:00:00.000Z");
      expect(instantsOf("2026-03-08T02:30", before)).toEqual([]);
      expect(asWindow({ start: "2026-03-08T01:30", end: "2026-03-08T02:30" }, before)).toBeNull();
    });
  });

  test("keeps a start that is to come", () => {
    const window = asWindow({ start: typed(nowMs + 600_000), end: typed(nowMs + 3_600_000) }, nowMs);
    expect(window?.start).toBe("2026-11-20T10:10:00.000Z");
  });
});

test("a browser's label names it and its system", () => {
  const windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0";
  expect(computerLabel(`${windows} Safari/537.36`)).toBe("Chrome / Windows");
  expect(computerLabel(`${windows} Safari/537.36 Edg/150.0.0.0`)).toBe("Edge / Windows");
  expect(computerLabel("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0")).toBe(
    "Firefox / Linux",
  );
  expect(computerLabel("something new")).toBe("Browser");
});

test("a browser's label is another one than that person's others have", () => {
  expect(freeLabel("Edge / Windows", ["Chrome / Windows"])).toBe("Edge / Windows");
  expect(freeLabel("Edge / Windows", ["edge / windows", "Ｅｄｇｅ / Windows 2"])).toBe("Edge / Windows 3");
});

test("the log says why somebody was refused, and not what that person should do", () => {
  expect(whyText("locked", "ja")).toBe(ja.refusals.locked);
  expect(whyText("unauthenticated", "en")).toBe(en.errors.unauthenticated);
  expect(whyText("unheard-of", "en")).toBe("unheard-of");
});

test("the log's filter takes every word, in any case, and the outcome", () => {
  const body = {
    at: "2026-11-20T10:00:00.000Z",
    action: "session.admit",
    outcome: "refused" as const,
    actor: { kind: "person" as const, id: "per_1", name: "Sato" },
    site: null,
    vendor: null,
    subjects: {},
    reasons: ["locked"],
    facts: {},
  };
  const record = { id: "aud_1" as const, index: 3, state: "kept" as const, body };
  expect(matches(record, { outcome: "any", text: "sato ADMIT" })).toBe(true);
  expect(matches(record, { outcome: "any", text: "sato approve" })).toBe(false);
  expect(matches(record, { outcome: "allowed", text: "" })).toBe(false);
  expect(matches({ ...record, state: "erased", body: null }, { outcome: "refused", text: "" })).toBe(false);
});

test("a warning comes due once, and says what is left, not which warning it is; none comes after the end", () => {
  const warnings = [900_000, 300_000, 60_000];
  expect(dueWarning(901_000, 900_000, warnings)).toBe(900_000);
  expect(dueWarning(900_400, 899_400, warnings)).toBe(900_000);
  expect(dueWarning(899_400, 898_400, warnings)).toBeNull();
  // The computer slept.
  expect(dueWarning(1_000_000, 380_000, warnings)).toBe(380_000);
  expect(dueWarning(1_000_000, 50_000, warnings)).toBe(50_000);
  expect(dueWarning(61_000, 0, warnings)).toBeNull();
});
