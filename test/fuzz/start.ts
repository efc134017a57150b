import { Worker } from "node:worker_threads";
import type { Crash, Tally } from "./engine.ts";
import type { Order, Said } from "./worker.ts";

/** An input that is not done by then hangs its parser for good, also on a machine that does much else. */
const stuckMs = 120_000;
/** Heap of one thread: an input that makes a parser take more has found a fault. */
const heapMebibytes = 1_024;
const inputBytes = 1_048_576;

/** Runs one target in a thread of its own, so that a parser that never returns can be told, and ended. */
export function start(o: Omit<Order, "shared">, progress: (done: number) => void): Promise<Tally> {
  const began = performance.now();
  const shared = new SharedArrayBuffer(8 + inputBytes);
  const words = new Int32Array(shared, 0, 2);
  const worker = new Worker(new URL("./worker.ts", import.meta.url), {
    workerData: { ...o, shared } satisfies Order,
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytes },
  });
  return new Promise((resolve, reject) => {
    const fail = (kind: Crash["kind"], detail: string) => {
      const input = Buffer.from(new Uint8Array(shared, 8, Atomics.load(words, 1)));
      const crashes = [{ kind, detail, input }];
      const ms = performance.now() - began;
      settle({ executions: Atomics.load(words, 0), verdicts: {}, crashes, crashed: 1, ms });
    };
    const settle = (tally: Tally) => {
      clearInterval(watchdog);
      void worker.terminate();
      resolve(tally);
    };
    let fed = 0;
    let movedAt = performance.now();
    const watchdog = setInterval(() => {
      const now = Atomics.load(words, 0);
      if (now !== fed) movedAt = performance.now();
      fed = now;
      // Before the first input it is the target that is made ready.
      if (now > 0 && performance.now() - movedAt > stuckMs) fail("hang", `${stuckMs} ms and no end`);
    }, 1_000);
    worker.on("message", (said: Said) => {
      if (said.kind === "progress") progress(said.done);
      else settle(said.tally);
    });
    worker.on("error", (error: NodeJS.ErrnoException) => {
      if (Atomics.load(words, 0) === 0) {
        clearInterval(watchdog);
        return reject(error);
      }
      fail(error.code === "ERR_WORKER_OUT_OF_MEMORY" ? "memory" : "threw", error.stack ?? error.message);
    });
  });
}
