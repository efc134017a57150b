import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";
import { readCorpus } from "./corpus.ts";
import { type Crash, faultOf, fuzz, growthBytes, judge, type Tally } from "./engine.ts";
import { minimise } from "./minimise.ts";
import type { Run, Target } from "./target.ts";
import { targets } from "./targets.ts";

/** What the thread is told to do. */
export interface Order {
  readonly target: string;
  readonly executions: number;
  readonly seed: string;
  /** Two 32-bit words (inputs fed, length of the one in hand), then its bytes: the starter sees what never came back. */
  readonly shared: SharedArrayBuffer;
}

/** What it says. */
export type Said =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "done"; readonly tally: Tally };

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const order = workerData as Order;
const words = new Int32Array(order.shared, 0, 2);
const room = new Uint8Array(order.shared, 8);
let inHand: Buffer = Buffer.alloc(0);
let rejected: unknown;
let rejections = 0;

process.on("unhandledRejection", (reason) => {
  rejected = reason;
  rejections++;
});

function before(input: Buffer): void {
  inHand = input;
  room.set(input.subarray(0, room.length));
  Atomics.store(words, 1, Math.min(input.length, room.length));
  Atomics.add(words, 0, 1);
}

function held(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** What shows only after many executions: a promise that nobody waited for, memory that stays. */
function watch(executions: number): (done: number) => Crash | undefined {
  const early = Math.ceil(executions / 10_000) * 1_000;
  let base = 0;
  return (done) => {
    say({ kind: "progress", done });
    if (rejections > 0) {
      rejections = 0;
      const detail = rejected instanceof Error ? (rejected.stack ?? rejected.message) : String(rejected);
      return { kind: "rejection", detail: `in the thousand before this input: ${detail}`, input: inHand };
    }
    if (done === early) base = held();
    if (done + 1_000 <= executions || done === early) return undefined;
    const grown = held() - base;
    return grown > growthBytes ? { kind: "memory", detail: `${grown} bytes were kept`, input: inHand } : undefined;
  };
}

/** Each crash by a short input that crashes in the same way. */
async function shorten(target: Target, run: Run, crash: Crash): Promise<Crash> {
  if (crash.kind === "rejection" || crash.kind === "memory" || crash.kind === "hang") return crash;
  const breaks = async (input: Buffer) => {
    before(input);
    const outcome = await judge(target, run, input);
    return typeof outcome !== "string" && faultOf(outcome) === faultOf(crash);
  };
  return { ...crash, input: await minimise(crash.input, breaks) };
}

const say = (said: Said) => parentPort?.postMessage(said);

const target = targets.find(({ name }) => name === order.target);
if (!target) throw new Error(`There is no target ${order.target}.`);
const runs = await Promise.all(Array.from({ length: target.lanes ?? 1 }, async () => target.open()));
const { executions, seed } = order;
const corpus = readCorpus(target.name);
const tally = await fuzz(target, runs, { executions, seed, corpus, before, progress: watch(executions) });
const crashes: Crash[] = [];
for (const crash of tally.crashes) for (const run of runs.slice(0, 1)) crashes.push(await shorten(target, run, crash));
say({ kind: "done", tally: { ...tally, crashes } });
for (const run of runs) await run.close?.();
// What a target left open must not keep the thread.
process.exit(0);
