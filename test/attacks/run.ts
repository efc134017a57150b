import { parseArgs } from "node:util";
import { closingLine, exitCode } from "../run/tally.ts";
import { copyTree } from "./copy.ts";
import type { Defence } from "./defence.ts";
import { defences } from "./defences.ts";
import { tryWithout, unsound, type Verdict } from "./trial.ts";

/**
 * Takes each defence out of a copy of the tree, one at a time, and expects its test to fail. Copies work side by side,
 * one for each core that this machine is taken to have.
 */
const copies = 2;

interface Result {
  readonly row: string;
  readonly what: string;
  readonly test: string;
  readonly verdict: Verdict | "unsound" | "not there once";
  readonly ms: number;
}

const { values } = parseArgs({ options: { row: { type: "string", multiple: true }, json: { type: "boolean" } } });
const chosen = defences.filter(({ row }) => values.row === undefined || values.row.includes(row));
const results: Result[] = [];

function note(defence: Defence, verdict: Result["verdict"], ms = 0): void {
  const { row, what, test } = defence;
  results.push({ row, what, test: test.name === undefined ? test.file : `${test.file}: ${test.name}`, verdict, ms });
  if (!values.json) console.log(`${verdict === "caught" ? "ok  " : "FAIL"} ${row.padEnd(4)} ${what}: ${verdict}`);
}

async function work(queue: Defence[]): Promise<void> {
  const { folder, remove } = await copyTree();
  try {
    for (let defence = queue.shift(); defence !== undefined; defence = queue.shift()) {
      try {
        const { verdict, ms } = await tryWithout(folder, defence);
        note(defence, verdict, ms);
      } catch (error) {
        if (!values.json) console.log((error as Error).message.replace(/^/gm, "     | "));
        note(defence, "not there once");
      }
    }
  } finally {
    remove();
  }
}

const { folder, remove } = await copyTree();
const failing = await unsound(folder, chosen).finally(remove);
for (const defence of failing) note(defence, "unsound");
const queue = chosen.filter((defence) => !failing.includes(defence));
await Promise.all(Array.from({ length: copies }, () => work(queue)));

const passed = results.filter(({ verdict }) => verdict === "caught").length;
const tally = { passed, failed: results.length - passed };
if (values.json) console.log(JSON.stringify(results, null, 2));
console.log(closingLine(tally));
process.exitCode = exitCode(tally);
