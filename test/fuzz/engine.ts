import { GenkanError } from "../../protocol/error.ts";
import type { Entry } from "./corpus.ts";
import { Random } from "./random.ts";
import type { Mutation } from "./shape/shape.ts";
import { accepted, type Run, type Target, type Verdict } from "./target.ts";

/** A parser is not given longer for one input. What took longer is tried once more, and then the processor's time counts. */
const usualHangMs = 1_000;
/** What a run may keep in memory, between a tenth of it and its end. */
export const growthBytes = 48 * 1024 * 1024;

export interface Crash {
  /** What broke, in one word: `threw`, `hang`, `verdict`, `violation`, `rejection`, `memory`. */
  readonly kind: "threw" | "hang" | "verdict" | "violation" | "rejection" | "memory";
  readonly detail: string;
  readonly input: Buffer;
}

export interface Tally {
  readonly executions: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Each fault once. */
  readonly crashes: readonly Crash[];
  /** How often any of them showed. */
  readonly crashed: number;
  readonly ms: number;
}

export interface Options {
  readonly executions: number;
  readonly seed: string;
  readonly corpus: readonly Entry[];
  /** Milliseconds; a second unless told. */
  readonly hangMs?: number;
  /** Told of each input before it is fed, so that one that never comes back is known. */
  readonly before?: (input: Buffer) => void;
  /** Told after each thousand; may check what a single execution can't show. */
  readonly progress?: (done: number) => Crash | undefined;
}

/** A run stops after so many faults, or after one fault so many times. */
const crashesKept = 8;
const crashesSeen = 1_000;
/** Inputs that join the corpus for one run: the first of each verdict, and now and then one that was accepted. */
const poolGrowth = 256;

/** Feeds one input and says how it ended; only a crash carries a detail. */
export async function judge(
  target: Target,
  run: Run,
  input: Buffer,
  hangMs: number = usualHangMs,
): Promise<Verdict | Omit<Crash, "input">> {
  const began = performance.now();
  let verdict: Verdict;
  try {
    const given = run.execute(input);
    verdict = typeof given === "string" ? given : await given;
  } catch (error) {
    if (!(error instanceof GenkanError)) {
      const violation = error instanceof Error && error.name === "Violation";
      return { kind: violation ? "violation" : "threw", detail: detailOf(error) };
    }
    verdict = error.code;
  }
  if (performance.now() - began > hangMs) return { kind: "hang", detail: `${performance.now() - began} ms` };
  if (verdict !== accepted && !target.verdicts.includes(verdict)) return { kind: "verdict", detail: verdict };
  return verdict;
}

/** The same on a machine that may have been busy with something else. */
async function judgeAgain(...[target, run, input, hangMs = usualHangMs]: Parameters<typeof judge>) {
  const before = process.threadCpuUsage();
  const outcome = await judge(target, run, input, 10 * hangMs);
  const { user, system } = process.threadCpuUsage(before);
  const ms = (user + system) / 1_000;
  return ms > hangMs ? { kind: "hang" as const, detail: `${ms} ms of the processor` } : outcome;
}

/** What tells one fault from another: its kind and its first line, whatever numbers and names stand in it. */
export function faultOf({ kind, detail }: Omit<Crash, "input">): string {
  return `${kind} ${(detail.split("\n", 1)[0] ?? "").replace(/\d+|"[^"]*"/g, "…").slice(0, 60)}`;
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/**
 * Whether the corpus holds, entry by entry, and then `executions` mutations of it. Each of `runs` is fed one input at a time;
 * with a single one the inputs are those of the `seed`, with several they also depend on which of them is done first.
 */
export async function fuzz(target: Target, runs: readonly Run[], o: Options): Promise<Tally> {
  const began = performance.now();
  const random = new Random(`${o.seed} ${target.name}`);
  const pool = o.corpus.length > 0 ? o.corpus.map(({ input }) => input) : [Buffer.alloc(0)];
  const most = target.most ?? 65_536;
  const mutation: Mutation = {
    random,
    other: () => random.of(pool),
    words: (target.words ?? []).map((word) => Buffer.from(word)),
    most,
  };
  const verdicts: Record<string, number> = {};
  const crashes = new Map<string, Crash>();
  let crashed = 0;
  const broke = (crash: Crash) => {
    crashed++;
    const fault = faultOf(crash);
    if (!crashes.has(fault)) crashes.set(fault, crash);
  };
  const grown = pool.length + poolGrowth;
  let done = 0;
  const feed = async (run: Run, input: Buffer, fresh: boolean) => {
    o.before?.(input);
    let outcome = await judge(target, run, input, o.hangMs);
    if (typeof outcome !== "string" && outcome.kind === "hang")
      outcome = await judgeAgain(target, run, input, o.hangMs);
    done++;
    if (typeof outcome !== "string") return broke({ ...outcome, input: Buffer.from(input) });
    const seen = verdicts[outcome] ?? 0;
    verdicts[outcome] = seen + 1;
    const telling = seen === 0 || (outcome === accepted && random.once(64));
    if (fresh && telling && pool.length < grown) pool.push(Buffer.from(input));
  };
  for (const run of runs.slice(0, 1)) for (const { input } of o.corpus) await feed(run, input, false);
  let begun = done;
  const keepFed = async (run: Run) => {
    while (begun < o.executions && crashes.size < crashesKept && crashed < crashesSeen) {
      begun++;
      const input = target.shape(random.of(pool), mutation);
      await feed(run, input.length > most ? input.subarray(0, most) : input, true);
      if (done % 1_000 !== 0) continue;
      const crash = o.progress?.(done);
      if (crash) broke(crash);
    }
  };
  await Promise.all(runs.map(keepFed));
  return { executions: done, verdicts, crashes: [...crashes.values()], crashed, ms: performance.now() - began };
}
