import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { endCommandsWithThis } from "../run/group.ts";
import { countRuns, doneFiles, type FileResult, mixed, type Runs, type TestFile, timeLeft } from "./file.ts";
import { beginLoad, keepToTheCores } from "./load.ts";
import { TestRunner } from "./vitest.ts";

/** Processes that compute beside a test that is run under load. */
const loadProcesses = 8;

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    alone: { type: "string", default: "20" },
    loaded: { type: "string", default: "5" },
    list: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const [aloneRuns, loadedRuns] = [count("alone", values.alone), count("loaded", values.loaded)];

endCommandsWithThis();
await keepToTheCores();
const runner = await TestRunner.start();
const files = mixed(await runner.files(values.only));
if (files.length === 0) throw new Error("No test file has that in its path.");
const results = doneBefore();
const left = files.filter((file) => !results.some((one) => one.file === file.file && one.project === file.project));
for (const result of results) tell(result);
for (const [index, file] of left.entries()) {
  const ms = timeLeft(results, left.length - index);
  const rest = ms === undefined ? "" : `, about ${Math.ceil(ms / 60_000)} min left`;
  process.stderr.write(`${files.length - left.length + index + 1}/${files.length}${rest}: ${file.file}\n`);
  const result = await runFile(file);
  if (values.list !== undefined) appendFileSync(values.list, `${JSON.stringify(result)}\n`);
  results.push(result);
  tell(result);
}
await runner.close();
const shaky = results.filter(({ alone, loaded }) => alone.failed + loaded.failed > 0).length;
if (!values.json) console.log(`${results.length - shaky} of ${results.length} files passed every time`);
process.exit(shaky === 0 ? 0 : 1);

/** Of the files that are asked for. */
function doneBefore(): FileResult[] {
  if (values.list === undefined || !existsSync(values.list)) return [];
  const done = doneFiles(readFileSync(values.list, "utf8"));
  return files.flatMap((file) => done.find((one) => one.file === file.file && one.project === file.project) ?? []);
}

async function runFile(file: TestFile): Promise<FileResult> {
  const began = performance.now();
  const alone = await runs(file, aloneRuns);
  const endLoad = loadedRuns === 0 ? undefined : beginLoad(loadProcesses);
  try {
    const loaded = await runs(file, loadedRuns);
    return { ...file, alone, loaded, ms: Math.round(performance.now() - began) };
  } finally {
    await endLoad?.();
  }
}

/** One after the other, for each has to find the machine as the last one found it. */
async function runs(file: TestFile, times: number): Promise<Runs> {
  const failures: string[][] = [];
  for (let time = 0; time < times; time++) failures.push(await runner.run(file));
  return countRuns(failures);
}

function tell(result: FileResult): void {
  if (values.json) console.log(JSON.stringify(result));
  else for (const line of faultsOf(result)) console.log(line);
}

function faultsOf({ file, alone, loaded }: FileResult): string[] {
  const told = (how: string, { runs, tests }: Runs) =>
    Object.entries(tests).map(([name, times]) => `  ✗ ${file}, ${times} of ${runs} ${how}: ${name}`);
  return [...told("alone", alone), ...told("under load", loaded)];
}

function count(name: string, text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Error(`--${name} is a number of runs`);
}
