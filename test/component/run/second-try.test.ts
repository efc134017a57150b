import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { runScript } from "../../run/command.ts";

/** What vitest says of a file with these tests, and its exit code, with the reporter that the project has. */
async function told(tests: string): Promise<{ code: number | null; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-second-try-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "probe.test.js"), tests);
  const reporters = ["dot", resolve("test/run/second-try.ts")].map((name) => `--reporter=${name}`);
  const args = ["run", `--root=${folder}`, "--globals", ...reporters];
  return runScript(resolve("node_modules/vitest/vitest.mjs"), args);
}

test("a test that passes only when it is tried again is named, and fails the run", async () => {
  const tests = `let tries = 0;
    test("shaky", { retry: 2 }, () => expect(++tries).toBe(2));
    test("firm", () => expect(1).toBe(1));`;
  const { code, output } = await told(tests);
  expect(output).toMatch(/^passed only when tried again: probe\.test\.js > shaky$/m);
  expect(output).not.toContain("> firm");
  expect(code).toBe(1);
});

test("a run in which each passed at once does not fail", async () => {
  const { code, output } = await told(`test("firm", { retry: 2 }, () => expect(1).toBe(1));`);
  expect([code, output.includes("tried again")]).toEqual([0, false]);
});
