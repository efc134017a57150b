import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { byteCount, duration, table, width, zonedWindow } from "../../../cli/format.ts";
import { languageOf, messages } from "../../../cli/messages.ts";
import { nextCommands } from "../../../cli/next-command.ts";
import { clean, Terminal } from "../../../cli/terminal.ts";
import { fill, type Text } from "../../../cli/text.ts";
import { UsageError } from "../../../cli/usage-error.ts";
import { errors, GenkanError } from "../../../protocol/error.ts";
import { reasons } from "../../../protocol/reason.ts";
import { languages } from "../../../text/language.ts";

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).toSorted();

describe("the tables of texts", () => {
  it.each(Object.entries(messages as Record<string, Text>))(
    "%s has both languages with the same placeholders",
    (_key, text) => {
      expect(Object.keys(text).toSorted()).toEqual(languages.toSorted());
      expect(text.en.trim()).not.toBe("");
      expect(text.ja.trim()).not.toBe("");
      expect(placeholders(text.ja)).toEqual(placeholders(text.en));
    },
  );

  it("hold one line each, for a line break is cleaned away; the hints are taken apart before", () => {
    const broken = Object.entries(messages as Record<string, Text>).filter(
      ([key, text]) => !key.startsWith("hint-") && languages.some((language) => text[language].includes("\n")),
    );
    expect(broken.map(([key]) => key)).toEqual([]);
  });

  it("know next commands only for codes that exist", () => {
    const codes = [...Object.keys(errors), ...Object.values(reasons)];
    expect(Object.keys(nextCommands).filter((code) => !codes.includes(code))).toEqual([]);
  });
});

describe("the language", () => {
  it.each([
    [["ja_JP.UTF-8", undefined, undefined], "ja"],
    [[undefined, undefined, "ja_JP.UTF-8"], "ja"],
    [["", "", "ja"], "ja"],
    [["C", undefined, "ja_JP.UTF-8"], "en"],
    [[undefined, undefined, "de_DE.UTF-8"], "en"],
    [[undefined, undefined, undefined], "en"],
  ])("of %j is %s", (settings, language) => {
    expect(languageOf(...settings)).toBe(language);
  });
});

function terminal(options: { json?: boolean; language?: "en" | "ja"; live?: boolean } = {}) {
  const out = new PassThrough();
  const err = new PassThrough();
  const { json = false, language = "en", live = false } = options;
  const said = () => ({ out: String(out.read() ?? ""), err: String(err.read() ?? "") });
  return { it: new Terminal({ out, err, live, columns: () => 20, json, language }), said };
}

describe("a failure", () => {
  const refused = new GenkanError("denied", undefined, { reasons: ["locked", "agent-away"] });

  it("is one line with its reasons, on stderr, exit code 1", () => {
    const { it: shown, said } = terminal();
    expect(shown.fail(refused)).toBe(1);
    expect(said()).toEqual({
      out: "",
      err: [
        "genkan: Refused. A lock covers the person, workstation, vendor, device, agent, site or everything.",
        "Nobody connects until the lock is lifted. Contact the hospital.",
        "The agent beside the device is not connected. Contact the hospital.\n",
      ].join(" "),
    });
  });

  it("says what to do next, in Japanese too", () => {
    expect(terminal().it.failure(new GenkanError("unauthenticated"))).toBe(
      "genkan: You are not signed in, or your sign-in has ended. Run: genkan login",
    );
    expect(terminal({ language: "ja" }).it.failure(new GenkanError("unauthenticated"))).toBe(
      "genkan: サインインしていないか、サインインが終わっています。genkan login を実行してください。",
    );
  });

  it("is an object on stdout with --json", () => {
    const { it: shown, said } = terminal({ json: true, language: "ja" });
    shown.fail(refused);
    const { out, err } = said();
    expect(JSON.parse(out)).toEqual({
      error: { code: "denied", detail: "Refused.", reasons: ["locked", "agent-away"] },
    });
    expect(err).toBe("");
  });

  it("of usage has exit code 2", () => {
    const { it: shown, said } = terminal();
    expect(shown.fail(new UsageError("port-taken", { port: 22 }))).toBe(2);
    expect(said().err).toContain("Port 22 is taken");
  });
});

describe("text from elsewhere", () => {
  it("can't move the cursor, colour the screen, ring, or turn the direction of a line", () => {
    expect(clean("a\u001b[2Jb\u0007c\r\nd\u009b31me\u202egpj.exe\u2066")).not.toMatch(
      // oxlint-disable-next-line no-control-regex -- they are what must be gone
      /[\u0000-\u001f\u007f-\u009f\u202e\u2066]/,
    );
  });

  it("is cleaned in results, notes and the status line", () => {
    const { it: shown, said } = terminal({ live: true });
    shown.result({}, ["a\u001b]0;title\u0007"]);
    shown.note("b\u001b[1m");
    shown.status("c\u001b[1m");
    const { out, err } = said();
    expect(out).toBe("a�]0;title�\n");
    expect(err).toBe("b�[1m\n\rc�[1m\u001b[K");
  });

  it("is cut to the width of the terminal, where wide characters take two columns", () => {
    const { it: shown, said } = terminal({ live: true });
    shown.status("心電計と呼吸器の管理画面と時計");
    const line = said().err.replace("\r", "").replace("\u001b[K", "");
    expect(line).toBe("心電計と呼吸器の管…");
    expect(width(line)).toBeLessThan(20);
  });

  it("is not taken for a placeholder", () => {
    const text = { en: "{name} and {other}", ja: "{name}と{other}" };
    expect(fill(text, "en", { name: "{other}", other: 2 })).toBe("{other} and 2");
    expect(fill(text, "ja", { name: { en: "dog", ja: "犬" }, other: "x" })).toBe("犬とx");
  });
});

describe("forms", () => {
  it("aligns columns by their width on a terminal", () => {
    expect(width("心電計A")).toBe(7);
    expect(
      table([
        ["心電計", "x"],
        ["abc", "y"],
      ]),
    ).toEqual(["心電計  x", "abc     y"]);
  });

  it.each([
    [0, "0:00"],
    [59_001, "1:00"],
    [3_723_000, "1:02:03"],
    [-5, "0:00"],
  ])("%d ms is %s", (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  it.each([
    [999, "999 B"],
    [1_536, "1.5 KiB"],
    [104_857_600, "100.0 MiB"],
  ])("%d bytes are %s", (bytes, text) => {
    expect(byteCount(bytes)).toBe(text);
  });

  it("shows a window in its zone, the second date only if it differs", () => {
    const start = "2026-03-01T00:00:00.000Z";
    expect(zonedWindow({ start, end: "2026-03-01T02:00:00.000Z" }, "Asia/Tokyo")).toBe(
      "2026-03-01 09:00–11:00 (Asia/Tokyo)",
    );
    const overnight = { start, end: "2026-03-01T16:00:00.000Z" };
    expect(zonedWindow(overnight, "Asia/Tokyo")).toBe("2026-03-01 09:00–2026-03-02 01:00 (Asia/Tokyo)");
  });

  it("shows both offsets of a window in which clocks change", () => {
    const back = { start: "2026-11-01T05:30:00.000Z", end: "2026-11-01T06:30:00.000Z" };
    expect(zonedWindow(back, "America/New_York")).toBe("2026-11-01 01:30-04:00–01:30-05:00 (America/New_York)");
    const toUtc = { start: "2026-10-25T00:30:00.000Z", end: "2026-10-25T01:30:00.000Z" };
    expect(zonedWindow(toUtc, "Europe/London")).toBe("2026-10-25 01:30+01:00–01:30+00:00 (Europe/London)");
  });
});
