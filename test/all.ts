import { buildWeb } from "../bin/start/web-build.ts";
import { check } from "./check.ts";
import { ensureDebianParts } from "./debian.ts";
import { add, closingLine, exitCode, report, type Tally } from "./run/tally.ts";
import { runVitest } from "./run/vitest.ts";
import { storyTally } from "./story/tally.ts";

const failed: Tally = { passed: 0, failed: 1 };
const passed: Tally = { passed: 1, failed: 0 };

/** Everything that continuous integration runs. A part that is missing fails; nothing is skipped by itself. */
async function all(): Promise<Tally> {
  const command = ensureDebianParts();
  if (command !== undefined) {
    report("real parts", failed, 0, `Some are missing. Install them with this command, then run it again:\n${command}`);
    return failed;
  }
  const checks = await check();
  const pages = await web();
  const component = await runVitest("component");
  report("component tests", component.tally, component.ms, component.output);
  const integration = await runVitest("integration");
  report("integration tests", integration.tally, integration.ms, integration.output);
  const store = await runVitest("store");
  report("store and bus on real servers", store.tally, store.ms, store.output);
  const stories = [await storyTally(), await storyTally("--tls")];
  return add([checks, pages, component.tally, integration.tally, store.tally, ...stories]);
}

async function web(): Promise<Tally> {
  const began = performance.now();
  const output = await buildWeb().then(
    () => "",
    (error: Error) => error.stack ?? error.message,
  );
  const tally = output === "" ? passed : failed;
  report("build of the pages", tally, performance.now() - began, output);
  return tally;
}

const tally = await all();
console.log(closingLine(tally));
process.exitCode = exitCode(tally);
