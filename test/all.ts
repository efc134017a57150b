import { check } from "./check.ts";
import { ensureDebianParts } from "./debian.ts";
import { runScript } from "./run/command.ts";
import { endCommandsWithThis } from "./run/group.ts";
import { add, closingLine, exitCode, report, type Tally } from "./run/tally.ts";
import { runVitest } from "./run/vitest.ts";
import { storyTally } from "./story/tally.ts";

const failed: Tally = { passed: 0, failed: 1 };
const passed: Tally = { passed: 1, failed: 0 };

/** Everything that continuous integration runs. A part that is missing fails; nothing is skipped by itself. */
async function all(): Promise<Tally> {
  const command = await ensureDebianParts();
  if (command !== undefined) {
    report("real parts", failed, 0, `Some are missing. Install them with this command, then run it again:\n${command}`);
    return failed;
  }
  const quick = [await check(), await web(), await vitest("component", "component tests")];
  // What is left waits for real clocks more than it computes: two rows, one for each core.
  const slow = await Promise.all([programs(), stories()]);
  return add([...quick, ...slow.flat()]);
}

async function programs(): Promise<Tally[]> {
  return [await vitest("integration", "integration tests")];
}

async function stories(): Promise<Tally[]> {
  return [
    await vitest("store", "store and bus on real servers"),
    await storyTally(),
    // What is not about each other goes together.
    await storyTally("--tls", "--store=postgres", "--bus=redis"),
    await storyTally("--netns"),
  ];
}

async function vitest(project: string, name: string): Promise<Tally> {
  const { tally, output, ms } = await runVitest(project);
  report(name, tally, ms, output);
  return tally;
}

async function web(): Promise<Tally> {
  const { code, output, ms } = await runScript("node_modules/vite/bin/vite.js", ["build", "-c", "web/vite.config.ts"]);
  const tally = code === 0 ? passed : failed;
  report("build of the pages", tally, ms, output);
  return tally;
}

endCommandsWithThis();
const tally = await all();
console.log(closingLine(tally));
process.exitCode = exitCode(tally);
