import { parseArgs } from "node:util";
import { sha256 } from "../../crypto/thumbprint.ts";
import { keep, readCorpus } from "./corpus.ts";
import type { Crash, Tally } from "./engine.ts";
import { start } from "./start.ts";
import { accepted, listed, type Target } from "./target.ts";
import { targets } from "./targets.ts";

const usage = `npm run fuzz -- [--target NAME,…] [--executions N] [--seed S] [--json]
npm run fuzz -- --seeds [--target NAME,…]   writes honest inputs that a corpus lacks
npm run fuzz -- --list                      the table of README.md`;

const { values: o } = parseArgs({
  options: {
    target: { type: "string", multiple: true },
    executions: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
    seeds: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

function chosen(): readonly Target[] {
  const names = (o.target ?? []).flatMap((list) => list.split(","));
  const unknown = names.filter((name) => !targets.some((target) => target.name === name));
  if (unknown.length > 0) throw new RangeError(`There is no target ${unknown.join(", ")}. See --list.`);
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name));
}

function executionsAsked(): number {
  const executions = Number(o.executions);
  if (!Number.isSafeInteger(executions) || executions < 1) throw new RangeError("--executions is a count.");
  return executions;
}

async function writeSeeds(): Promise<void> {
  for (const target of chosen()) {
    const known = new Set(readCorpus(target.name).map(({ name }) => name));
    const missing = Object.entries(await target.seeds()).filter(([name]) => !known.has(`honest-${name}`));
    for (const [name, input] of missing) keep(target.name, `honest-${name}`, Buffer.from(input as Buffer));
    console.log(`${target.name}: ${missing.length} written, ${known.size} were there`);
  }
}

interface Row {
  readonly target: string;
  readonly executions: number;
  /** Refusals seen, by their code. */
  readonly refused: Readonly<Record<string, number>>;
  readonly accepted: number;
  readonly crashes: number;
  readonly perSecond: number;
}

function rowOf(target: Target, tally: Tally): Row {
  const { [accepted]: taken = 0, ...refused } = tally.verdicts;
  return {
    target: target.name,
    executions: tally.executions,
    refused,
    accepted: taken,
    crashes: tally.crashed,
    perSecond: Math.round(tally.executions / (tally.ms / 1_000)),
  };
}

const table = {
  head: ["| target | executions | codes seen | accepted | crashes | executions/s |", "|---|---:|---|---:|---:|---:|"],
  line: ({ target, executions, refused, accepted: taken, crashes, perSecond }: Row) => {
    const codes = Object.keys(refused).sort().join(" ");
    const figures = [taken, crashes, perSecond].map((figure) => figure.toLocaleString("en-US"));
    return `| ${target} | ${executions.toLocaleString("en-US")} | ${codes} | ${figures.join(" | ")} |`;
  },
};

function report(target: Target, crash: Crash): void {
  const name = `crash-${crash.kind}-${sha256(crash.input).slice(0, 8)}`;
  keep(target.name, name, crash.input);
  const detail = crash.detail.split("\n").slice(0, 6).join("\n  ");
  console.error(`${target.name}: ${crash.kind}, kept as test/fuzz/corpus/${target.name}/${name}\n  ${detail}`);
}

async function fuzzAll(): Promise<Row[]> {
  const rows: Row[] = [];
  const executions = executionsAsked();
  if (!o.json) console.log(table.head.join("\n"));
  for (const target of chosen()) {
    const tell = (done: number) => {
      if (process.stderr.isTTY && !o.json) process.stderr.write(`\r${target.name} ${done}/${executions}\x1b[K`);
    };
    const tally = await start({ target: target.name, executions, seed: o.seed }, tell);
    if (process.stderr.isTTY && !o.json) process.stderr.write("\r\x1b[K");
    for (const crash of tally.crashes) report(target, crash);
    const row = rowOf(target, tally);
    rows.push(row);
    console.log(o.json ? JSON.stringify(row) : table.line(row));
  }
  return rows;
}

if (o.help) console.log(usage);
else if (o.list)
  console.log(
    ["| target | parsers | what holds of an accepted input |", "|---|---|---|", ...targets.map(listed)].join("\n"),
  );
else if (o.seeds) {
  await writeSeeds();
  process.exit(0);
} else {
  const rows = await fuzzAll();
  process.exit(rows.some(({ crashes }) => crashes > 0) ? 1 : 0);
}
