import { readFileSync } from "node:fs";
import { runScript } from "../run/command.ts";
import { report, type Tally } from "../run/tally.ts";
import { type StepName, stepsOf } from "./names.ts";
import { parseResult, type StepResult } from "./result.ts";

/** Flags of a run: on one machine over http, the same over https, on servers, and in networks of their own. */
export type StoryFlag = "--tls" | "--netns" | "--store=postgres" | "--bus=redis";

/**
 * Runs the story and counts its steps. Those of `test/story-pending.json` are not built yet: they must not hold, or the
 * list is out of date; every other one must.
 */
export async function storyTally(...flags: StoryFlag[]): Promise<Tally> {
  const steps = stepsOf({ netns: flags.includes("--netns") });
  const name = ["story", ...flags].join(" ");
  console.log(`     ${name}: ${steps.length} steps`);
  const pending = JSON.parse(readFileSync("test/story-pending.json", "utf8")) as StepName[];
  const results: StepResult[] = [];
  const { ms, output } = await runScript("test/story/run.ts", ["--json", ...flags], {
    onLine: (line) => {
      const result = parseResult(line);
      if (!result) return;
      results.push(result);
      const mark = result.ok ? "✓" : pending.includes(result.step) ? "·" : "✗";
      console.log(`     ${mark} ${result.step} ${result.ms} ms`);
    },
  });
  const faults = faultsOf(steps, results, pending);
  const tally = { passed: steps.length - pending.length - faults.length, failed: faults.length };
  if (pending.length > 0) console.log(`     ${pending.length} steps are not built yet`);
  report(name, tally, ms, `${faults.join("\n")}\n${output}`);
  return { passed: Math.max(0, tally.passed), failed: tally.failed };
}

/** What is wrong with a run of the story, a line for each step that it should have taken. */
export function faultsOf(
  steps: readonly StepName[],
  results: readonly StepResult[],
  pending: readonly StepName[],
): string[] {
  return steps.flatMap((name) => {
    const result = results.find(({ step }) => step === name);
    if (!result) return [`${name}: it was not run`];
    if (pending.includes(name)) return result.ok ? [`${name}: take it out of test/story-pending.json`] : [];
    return result.ok ? [] : [`${name}: ${JSON.stringify(result.evidence)}`];
  });
}
