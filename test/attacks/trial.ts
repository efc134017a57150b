import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type CommandResult, runScript } from "../run/command.ts";
import type { Defence, NamedTest } from "./defence.ts";

interface Assertion {
  readonly fullName: string;
  readonly status: string;
}

interface Report {
  readonly testResults: readonly { readonly name: string; readonly assertionResults: readonly Assertion[] }[];
}

export type Verdict = "caught" | "not caught" | "broken";

/** Tests that ran, by file and full name; those that another name left out are not among them. */
async function runTests(folder: string, files: readonly string[], name: string | undefined) {
  const out = mkdtempSync(join(tmpdir(), "genkan-trial-"));
  const file = join(out, "report.json");
  const args = ["run", "--root", folder, ...files, ...(name === undefined ? [] : ["-t", name])];
  try {
    const result: CommandResult = await runScript(
      resolve("node_modules/vitest/vitest.mjs"),
      [...args, "--reporter=json", `--outputFile=${file}`],
      { cwd: folder },
    );
    const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
    const ran = testResults.flatMap(({ name: path, assertionResults }) =>
      assertionResults
        .filter(({ status }) => status === "passed" || status === "failed")
        .map((assertion) => ({ ...assertion, path })),
    );
    return { ...result, ran };
  } finally {
    rmSync(out, { recursive: true });
  }
}

const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Defences whose named test does not pass, or does not run, as things are. One process for all. */
export async function unsound(folder: string, defences: readonly Defence[]): Promise<Defence[]> {
  const tests = defences.map(({ test }) => test);
  const files = [...new Set(tests.map(({ file }) => file))];
  const whole = tests.some(({ name }) => name === undefined);
  const names = whole ? undefined : [...new Set(tests.map(({ name }) => literal(name ?? "")))].join("|");
  const { ran } = await runTests(folder, files, names);
  const is = ({ file, name }: NamedTest) =>
    ran.filter(({ path, fullName }) => path.endsWith(`/${file}`) && fullName.includes(name ?? ""));
  return defences.filter(({ test }) => is(test).length === 0 || is(test).some(({ status }) => status !== "passed"));
}

/** Takes one defence out of the copy, runs its test there, and puts it back. */
export async function tryWithout(folder: string, defence: Defence): Promise<{ verdict: Verdict; ms: number }> {
  const path = join(folder, defence.file);
  const before = readFileSync(path, "utf8");
  if (before.split(defence.find).length !== 2) {
    throw new Error(`${defence.row}: this stands not exactly once in ${defence.file}:\n${defence.find}`);
  }
  writeFileSync(
    path,
    before.replace(defence.find, () => defence.replace),
  );
  try {
    const { file, name } = defence.test;
    const { code, ran, ms } = await runTests(folder, [file], name === undefined ? undefined : literal(name));
    const failed = ran.some(({ status }) => status === "failed");
    // An error that nobody caught fails the run, though no test claims it.
    const uncaught = code !== 0 && ran.length > 0;
    if (failed || uncaught) return { verdict: "caught", ms };
    return { verdict: ran.length === 0 ? "broken" : "not caught", ms };
  } finally {
    writeFileSync(path, before);
  }
}
