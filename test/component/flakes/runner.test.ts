import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { countRuns } from "../../flakes/file.ts";
import { TestRunner } from "../../flakes/vitest.ts";

const folder = mkdtempSync(join(tmpdir(), "genkan-flakes-"));
let runner: TestRunner;

/** Each of its runs leaves its process's id behind; `shaky` fails in each second one. */
const odd = `
  import { appendFileSync, readFileSync } from "node:fs";
  import { describe, expect, test } from "vitest";
  let here = 0;
  test("firm", () => {
    appendFileSync("${folder}/processes", process.pid + "\\n");
    expect(++here).toBe(1);
  });
  describe("some", () => {
    test("shaky", () => expect(readFileSync("${folder}/processes", "utf8").split("\\n").length % 2).toBe(0));
  });`;

const files = {
  "odd.test.js": odd,
  "again.test.js": `import { expect, test } from "vitest";
    let tries = 0;
    test("late", { retry: 2 }, () => expect(++tries).toBe(2));`,
  "outside.test.js": `import { test } from "vitest";
    test("well", () => {
      setImmediate(() => { throw new Error("thrown behind its back\\nat a place"); });
      return new Promise((resolve) => setImmediate(resolve));
    });`,
  "unloaded.test.js": `throw new Error("can't be loaded\\nat a place");`,
  "empty.test.js": ``,
  "skipped.test.js": `import { test } from "vitest"; test.skip("left out", () => {});`,
  "gone.test.js": `import { test } from "vitest"; test("ends its process", () => process.kill(process.pid, "SIGKILL"));`,
};

beforeAll(async () => {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  runner = await TestRunner.start(folder);
});
afterAll(async () => {
  await runner.close();
  rmSync(folder, { recursive: true });
});

async function runs(name: keyof typeof files, times: number): Promise<string[][]> {
  const [file, ...more] = await runner.files([name]);
  if (file === undefined || more.length > 0) throw new Error("one file has that name");
  const failures: string[][] = [];
  for (let time = 0; time < times; time++) failures.push(await runner.run(file));
  return failures;
}

describe("a test file that is run again and again", () => {
  test("has a process of its own each time, and its failures are counted", async () => {
    const failures = await runs("odd.test.js", 4);
    expect(countRuns(failures)).toEqual({ runs: 4, failed: 2, tests: { "some > shaky": 2 } });
    const processes = readFileSync(join(folder, "processes"), "utf8").trim().split("\n");
    expect([processes.length, new Set(processes).size]).toEqual([4, 4]);
    for (const id of processes) expect(() => process.kill(Number(id), 0)).toThrow("ESRCH");
  });

  test("is clean by no second try", async () => {
    expect(await runs("again.test.js", 1)).toEqual([["passed only when tried again: late"]]);
  });

  test("is not clean when something fails outside of its tests, none of them runs, or its process ends", async () => {
    expect(await runs("outside.test.js", 2)).toEqual([["thrown behind its back"], ["thrown behind its back"]]);
    expect(await runs("unloaded.test.js", 2)).toEqual([["can't be loaded"], ["can't be loaded"]]);
    expect(await runs("empty.test.js", 1)).toEqual([[expect.stringContaining("No test suite found")]]);
    expect(await runs("skipped.test.js", 1)).toEqual([["left out"]]);
    for (const failures of await runs("gone.test.js", 2)) expect(failures).not.toEqual([]);
  });
});
