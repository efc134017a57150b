import { runScript } from "./run/command.ts";
import { endCommandsWithThis } from "./run/group.ts";
import { add, closingLine, exitCode, report, type Tally } from "./run/tally.ts";
import { runVitest } from "./run/vitest.ts";

/** Script and arguments of each check beside the unit tests (which hold the architecture as well). */
const checks: Readonly<Record<string, readonly [string, ...string[]]>> = {
  "format and imports": ["node_modules/@biomejs/biome/bin/biome", "check", "--linter-enabled=false", "."],
  lint: ["node_modules/oxlint/bin/oxlint", "--deny-warnings"],
  types: ["node_modules/typescript/bin/tsc", "--noEmit"],
  "types of the pages": ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "web/tsconfig.json"],
  unused: ["node_modules/knip/bin/knip.js"],
};

/** Two cores: the unit tests take one, the checks take turns on the other. */
export async function check(): Promise<Tally> {
  const [unit, others] = await Promise.all([unitTests(), oneByOne()]);
  return add([unit, ...others]);
}

async function oneByOne(): Promise<Tally[]> {
  const tallies: Tally[] = [];
  for (const [name, [script, ...args]] of Object.entries(checks)) {
    const { code, output, ms } = await runScript(script, args);
    const tally = code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
    report(name, tally, ms, output);
    tallies.push(tally);
  }
  return tallies;
}

async function unitTests(): Promise<Tally> {
  const { tally, output, ms } = await runVitest("unit");
  report("unit tests and architecture", tally, ms, output);
  return tally;
}

if (import.meta.main) {
  endCommandsWithThis();
  const tally = await check();
  console.log(closingLine(tally));
  process.exitCode = exitCode(tally);
}
