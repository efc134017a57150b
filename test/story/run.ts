import { existsSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Context } from "./context.ts";
import { type StepName, stepsOf } from "./names.ts";
import { enter } from "./network/enter.ts";
import { Network } from "./network/network.ts";
import type { Evidence, StepResult } from "./result.ts";

/** A file of `steps/`: throws when what it tells did not happen. */
interface Step {
  run(context: Context): Promise<Evidence>;
}

// --keep FOLDER: pages and logs of the steps that did not hold, for whoever looks into it.
// --tls: every host over https, as in production; the gateway sees ciphertext only.
// --store postgres, --bus redis: on real servers, started for this run.
// --netns: over https, and vendor, DMZ, hospital and device VLAN are networks of their own.
const { values: options } = parseArgs({
  options: {
    json: { type: "boolean" },
    keep: { type: "string" },
    tls: { type: "boolean" },
    netns: { type: "boolean" },
    store: { type: "string", default: "sqlite" },
    bus: { type: "string", default: "in-process" },
    // Set by `enter`: who started it, as uid and gid.
    inside: { type: "string" },
  },
});
const netns = options.netns === true;
const servers = { store: options.store === "postgres", bus: options.bus === "redis" };
if (!servers.store && options.store !== "sqlite") fail("--store is sqlite or postgres.");
if (!servers.bus && options.bus !== "in-process") fail("--bus is in-process or redis.");
if (netns && (servers.store || servers.bus)) fail("--store and --bus go without --netns.");
if (netns && options.inside === undefined) {
  const me = `${process.getuid?.()}:${process.getgid?.()}`;
  process.exit(await enter(import.meta.filename, [...process.argv.slice(2), "--inside", me]));
}
const [uid = 0, gid = 0] = (options.inside ?? "").split(":").map(Number);
const steps = stepsOf({ netns });
const json = options.json === true;
/** A step that hangs is not ok; the longest waits for a window or a lease to end. */
const stepMs = 180_000;

const context = new Context(
  {
    tls: netns || options.tls === true,
    servers,
    ...(netns ? { networkOf: (folder: string) => Network.build(folder, { uid, gid }) } : {}),
  },
  (line) => {
    if (!json) console.log(`  ${line}`);
  },
);
let failed = 0;
let ending: Promise<void> | undefined;
const end = () => (ending ??= context.end());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => void end().then(() => process.exit(1)));
// Whoever read the output has gone.
process.stdout.on("error", () => void end().then(() => process.exit(1)));

try {
  for (const name of steps) {
    const result = await tell(name);
    if (!result.ok) {
      failed += 1;
      if (options.keep !== undefined) await context.keep(options.keep, name);
    }
    console.log(json ? JSON.stringify(result) : words(result));
  }
} finally {
  await end();
}
if (!json) console.log(`\n${steps.length - failed} of ${steps.length} steps hold`);
process.exit(failed === 0 ? 0 : 1);

function fail(what: string): never {
  console.error(what);
  process.exit(2);
}

async function tell(step: StepName): Promise<StepResult> {
  const began = performance.now();
  const since = () => Math.round(performance.now() - began);
  try {
    const evidence = await bounded(
      load(step).then((part) => part.run(context)),
      step,
    );
    return { step, ok: true, ms: since(), evidence };
  } catch (error) {
    return {
      step,
      ok: false,
      ms: since(),
      evidence: { error: error instanceof Error ? error.message : String(error) },
    };
  }
}

async function load(step: StepName): Promise<Step> {
  const file = join(import.meta.dirname, "steps", `${step}.ts`);
  if (!existsSync(file)) throw new Error("This step is not built yet.");
  return (await import(file)) as Step;
}

async function bounded<T>(work: Promise<T>, step: StepName): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${step} took longer than ${stepMs} ms`)), stepMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function words({ step, ok, ms, evidence }: StepResult): string {
  const seen = Object.entries(evidence).map(
    ([name, value]) => `      ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [`${ok ? "✓" : "✗"} ${step} (${ms} ms)`, ...seen].join("\n");
}
