import { describe, expect, it } from "vitest";
import { environment, shell } from "./program.ts";

const red = "\u001b[31m";

describe("colour", () => {
  it("is there where it is asked for, and neither in a pipe nor against NO_COLOR", async () => {
    const env = { ...environment("/nonexistent"), NO_COLOR: undefined };
    const script = "genkan whoami; genkan nonsense; true";
    const [plain, forced, refused] = await Promise.all([
      shell(script, env),
      shell(script, { ...env, FORCE_COLOR: "1" }),
      shell(script, { ...env, NO_COLOR: "1" }),
    ]);
    expect(plain.err).not.toContain("\u001b");
    expect(refused.err).toBe(plain.err);
    expect(forced.err.startsWith(`${red}genkan: `)).toBe(true);
    expect(forced.err.split(red)).toHaveLength(3);
  });
});

describe("a line that is not understood", () => {
  it("is refused in the person's language, also where only help is asked for", async () => {
    const env = { ...environment("/nonexistent"), LC_ALL: "ja_JP.UTF-8" };
    const lines = ["nonsense", "nonsense --help", "audit nonsense --help", "connect", "cut --what", "revoke x"];
    const { out, err } = await shell(lines.map((line) => `genkan ${line}; echo $?`).join("\n"), env);
    expect(out).toBe("2\n".repeat(lines.length));
    expect(err).not.toMatch(/error:|unknown|missing|required/);
    for (const said of [
      "コマンド nonsense はありません。",
      "引数 device を指定",
      "オプション --what は",
      "--reason <text> を指定",
    ])
      expect(err).toContain(said);
  });

  it("is told from help that there is", async () => {
    const env = { ...environment("/nonexistent"), LC_ALL: "C.UTF-8" };
    const { out, err } = await shell("LC_ALL=ja_JP.UTF-8 genkan status --help; echo $?", env);
    expect(out).toMatch(/^使い方: genkan status/);
    expect(out).toContain("--watch");
    expect(out.trim().at(-1)).toBe("0");
    expect(err).not.toContain("genkan:");
  });
});
