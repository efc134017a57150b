import { describe, expect, test } from "vitest";
import { countRuns, doneFiles, mixed, timeLeft } from "../../flakes/file.ts";

describe("runs of a test file", () => {
  test("are counted by what failed in each, and each test by how often it did", () => {
    expect(countRuns([[], ["a", "b"], [], ["a"]])).toEqual({ runs: 4, failed: 2, tests: { a: 2, b: 1 } });
    expect(countRuns([])).toEqual({ runs: 0, failed: 0, tests: {} });
  });

  test("that were done before are known again, though the last line was cut short", () => {
    const done = { file: "a.test.ts", project: "unit", alone: countRuns([[]]), loaded: countRuns([]), ms: 5 };
    expect(doneFiles(`${JSON.stringify(done)}\n{"file":"b.te`)).toEqual([done]);
    expect(doneFiles("")).toEqual([]);
  });

  test("tell by those that are done how long the others take, in an order that does not go by what they are", () => {
    const done = (ms: number) => ({ file: "", project: "unit", alone: countRuns([]), loaded: countRuns([]), ms });
    expect(timeLeft([], 3)).toBeUndefined();
    expect(timeLeft([done(1_000), done(3_000)], 3)).toBe(6_000);
    const files = ["a", "b", "c", "d", "e"].map((file) => ({ file, project: "unit" }));
    expect(mixed(files)).toEqual(mixed(files.toReversed()));
    expect(mixed(files)).not.toEqual(files);
    expect(new Set(mixed(files))).toEqual(new Set(files));
  });
});
