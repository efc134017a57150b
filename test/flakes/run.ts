import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { endCommandsWithThis } from "../run/group.ts";
import { runVitest } from "../run/vitest.ts";
import { countRuns, doneFiles, type FileResult, type Runs, type TestFile, testFiles } from "./file.ts";
import { beginLoad, onTheCores } from "./load.ts";

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
const done = values.list !== undefined && existsSync(values.list) ? doneFiles(readFileSync(values.list, "utf8")) : [];
const files = await testFiles(values.only);
if (files.length === 0) throw new Error("No test file has that in its path.");
const results: FileResult[] = [];
for (const [index, file] of files.entries()) {
  const before = done.find((one) => one.file === file.file && one.project === file.project);
  if (!values.json)
    process.stderr.write(`${index + 1}/${files.length} ${file.file}${before ? " (done before)" : ""}\n`);
  const result = before ?? (await runFile(file));
  if (!before && values.list !== undefined) appendFileSync(values.list, `${JSON.stringify(result)}\n`);
  results.push(result);
  if (values.json) console.log(JSON.stringify(result));
  else for (const line of faultsOf(result)) console.log(line);
}
const shaky = results.filter(({ alone, loaded }) => alone.failed + loaded.failed > 0).length;
if (!values.json) console.log(`${results.length - shaky} of ${results.length} files passed every time`);
process.exit(shaky === 0 ? 0 : 1);

async function runFile(file: TestFile): Promise<FileResult> {
  const alone = await runs(file, aloneRuns);
  if (loadedRuns === 0) return { ...file, alone, loaded: countRuns([]) };
  const endLoad = beginLoad(loadProcesses);
  try {
    return { ...file, alone, loaded: await runs(file, loadedRuns) };
  } finally {
    await endLoad();
  }
}

/** One after the other, for each has to find the machine as the last one found it. */
async function runs({ file, project }: TestFile, times: number): Promise<Runs> {
  const failures: string[][] = [];
  for (let time = 0; time < times; time++) {
    const { tally, failed, output } = await runVitest(project, [file], onTheCores);
    const unnamed = tally.failed > 0 || tally.passed === 0 ? [firstLine(output)] : [];
    failures.push(failed.length > 0 ? failed : unnamed);
  }
  return countRuns(failures);
}

function faultsOf({ alone, loaded }: FileResult): string[] {
  const told = (how: string, { runs, tests }: Runs) =>
    Object.entries(tests).map(([name, times]) => `  ✗ ${times} of ${runs} ${how}: ${name}`);
  return [...told("alone", alone), ...told("under load", loaded)];
}

function firstLine(output: string): string {
  return output.split("\n").find((line) => /error/i.test(line)) ?? "It failed without a word.";
}

function count(name: string, text: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text);
  throw new Error(`--${name} is a number of runs`);
}
