import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { add, closingLine, exitCode } from "../../run/tally.ts";
import { count } from "../../run/vitest.ts";
import { lastStepNames, networkStepNames, stepNames, stepsOf } from "../../story/names.ts";
import type { StepResult } from "../../story/result.ts";
import { faultsOf } from "../../story/tally.ts";

describe("the closing line", () => {
  it("sums what passed and what failed", () =>
    expect(
      closingLine(
        add([
          { passed: 2, failed: 0 },
          { passed: 3, failed: 1 },
        ]),
      ),
    ).toBe("5 passed, 1 failed"));

  it("comes with exit code 0 only when something ran and nothing failed", () => {
    expect(exitCode({ passed: 5, failed: 0 })).toBe(0);
    expect(exitCode({ passed: 5, failed: 1 })).toBe(1);
    expect(exitCode({ passed: 0, failed: 0 })).toBe(1);
  });
});

describe("a report of vitest", () => {
  const report = (over: object) =>
    JSON.stringify({
      numPassedTests: 3,
      numFailedTests: 0,
      numPendingTests: 0,
      numTodoTests: 0,
      testResults: [],
      ...over,
    });

  it("counts its tests", () => expect(count(report({}), 0)).toEqual({ passed: 3, failed: 0 }));
  it("fails by a failed test", () => expect(count(report({ numFailedTests: 2 }), 1).failed).toBe(2));
  it("fails by a test that was skipped", () => expect(count(report({ numPendingTests: 1 }), 0).failed).toBe(1));
  it("fails by a file that could not be loaded", () =>
    expect(count(report({ testResults: [{ status: "failed", assertionResults: [] }] }), 1).failed).toBe(1));
  it("fails by an exit code that nothing explains", () => expect(count(report({}), 1).failed).toBe(1));
});

describe("the story's tally", () => {
  const run = (over: Partial<Record<string, boolean>>): StepResult[] =>
    stepNames.map((step) => ({ step, ok: over[step] ?? true, ms: 1, evidence: {} }));

  it("is clean when each step holds", () => expect(faultsOf(stepNames, run({}), [])).toEqual([]));
  it("has a fault for a step that does not", () =>
    expect(faultsOf(stepNames, run({ "session.ssh": false }), [])).toEqual(["session.ssh: {}"]));
  it("waits for a step that is not built yet", () =>
    expect(faultsOf(stepNames, run({ "session.ssh": false }), ["session.ssh"])).toEqual([]));
  it("has a fault for a pending step that holds", () =>
    expect(faultsOf(stepNames, run({}), ["session.ssh"])).toHaveLength(1));
  it("has a fault for a step that was not run", () =>
    expect(faultsOf(stepNames, run({}).slice(1), [])).toHaveLength(1));
});

describe("the story", () => {
  const all: readonly string[] = stepsOf({ netns: true });

  it("takes the steps about networks after all others, and only where there are some", () => {
    expect(all).toEqual([...stepNames, ...networkStepNames, ...lastStepNames]);
    expect(stepsOf({ netns: false })).toEqual([...stepNames, ...lastStepNames]);
  });

  it("has a file for each step that is not pending, and no other", () => {
    const pending = JSON.parse(readFileSync("test/story-pending.json", "utf8")) as string[];
    const files = readdirSync("test/story/steps").map((file) => file.replace(/\.ts$/, ""));
    expect(all.filter((name) => !pending.includes(name) && !files.includes(name))).toEqual([]);
    expect(files.filter((file) => !all.includes(file))).toEqual([]);
  });
});
