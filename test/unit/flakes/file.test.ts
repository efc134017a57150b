import { describe, expect, test } from "vitest";
import { countRuns, doneFiles } from "../../flakes/file.ts";
import { namesOf } from "../../run/vitest.ts";

describe("runs of a test file", () => {
  test("are counted by what failed in each, and each test by how often it did", () => {
    expect(countRuns([[], ["a", "b"], [], ["a"]])).toEqual({ runs: 4, failed: 2, tests: { a: 2, b: 1 } });
    expect(countRuns([])).toEqual({ runs: 0, failed: 0, tests: {} });
  });

  test("that were done before are known again, though the last line was cut short", () => {
    const done = { file: "a.test.ts", project: "unit", alone: countRuns([[]]), loaded: countRuns([]) };
    expect(doneFiles(`${JSON.stringify(done)}\n{"file":"b.te`)).toEqual([done]);
    expect(doneFiles("")).toEqual([]);
  });

  test("name what did not pass: tests that failed or did not run, and a file that can't be loaded", () => {
    const tests = [
      { status: "passed", fullName: "a" },
      { status: "failed", fullName: "b" },
      { status: "pending", fullName: "c" },
    ];
    const report = (file: object) => JSON.stringify({ testResults: [file] });
    expect(namesOf(report({ status: "failed", assertionResults: tests }))).toEqual(["b", "c"]);
    const unloaded = { status: "failed", message: "Cannot find module x\nat y", assertionResults: [] };
    expect(namesOf(report(unloaded))).toEqual(["Cannot find module x"]);
    expect(namesOf(report({ status: "passed", assertionResults: [tests[0]] }))).toEqual([]);
  });
});
