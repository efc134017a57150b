import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const program = join(import.meta.dirname, "../../../bin/genkan.ts");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "genkan-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function genkan(args: string[], language = "C"): Promise<{ code: number; out: string; err: string }> {
  const env = { PATH: process.env["PATH"], GENKAN_CONFIG_DIR: folder, LC_ALL: language };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err });
    });
  });
}

const verbs = [
  "login",
  "logout",
  "whoami",
  "ls",
  "request",
  "connect",
  "approve",
  "deny",
  "revoke",
  "lock",
  "lift",
  "audit",
];

describe("the program genkan", () => {
  it("shows every verb, in the language of the locale", async () => {
    const [english, japanese] = await Promise.all([genkan(["--help"]), genkan(["--help"], "ja_JP.UTF-8")]);
    for (const verb of verbs) expect(english.out).toMatch(new RegExp(`^  ${verb} `, "m"));
    expect(english).toMatchObject({ code: 0, err: "" });
    expect(english.out).toContain("sign in, confirmed in a browser");
    expect(japanese.out).toContain("サインイン(ブラウザーで確認)");
  });

  it.each([
    ["an unknown verb", ["fly"]],
    ["an argument too few", ["connect", "monitor"]],
    ["an argument too many", ["whoami", "me"]],
    ["an unknown option", ["ls", "--all"]],
    ["a reason that is missing", ["revoke", "gnt_1"]],
    ["no server", ["ls"]],
  ])("exits 2 for %s, with an object for programs", async (_name, args) => {
    const { code, out, err } = await genkan([...args, "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "usage" } });
    expect(err.split("\n").length).toBeLessThan(4);
  });

  it("exits 1 for what fails, with one line that says what to do", async () => {
    const { code, out, err } = await genkan(["login", "--portal", "http://portal.localhost:1"], "ja_JP.UTF-8");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^genkan: サーバーにつながりません。.*--ca FILE.*\n$/);
  });
});
