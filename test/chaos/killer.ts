import { limits } from "../../protocol/limits.ts";
import type { Random } from "../fuzz/random.ts";
import { sleep, until } from "../story/parts/wait.ts";
import type { QuickWorld } from "../world/world.ts";
import { type History, type Part, parts } from "./history.ts";

/** A program's end. */
export interface Death {
  readonly part: Part;
  /** Signal or exit code. */
  readonly how: string;
  readonly ours: boolean;
  readonly lastLog: string;
}

/** How long a start took until the program was at work; null when it was not within {@link startMs}. */
export interface Start {
  readonly part: Part;
  readonly ms: number | null;
}

/** What says that a program is at work: an agent is once it has found the authority. */
const atWork = { gateway: "listening", authority: "listening", agent: "connected" } as const;
export const startMs = 30_000;
/** The longest pause between kills. */
const wholeMs = 8_000;

/** A lease, the round in which its lapse is seen, and time for a busy machine. */
export const lapseMs = limits.leaseMs + 2 * limits.leaseRenewMs + 5_000;

/** Kills programs at random moments, starts them again, and watches that nothing else ends them. */
export class Killer {
  readonly deaths: Death[] = [];
  readonly starts: Start[] = [];
  readonly #world: QuickWorld;
  readonly #history: History;
  readonly #random: Random;
  #resting = false;
  readonly #killing = new Set<Part>();
  /** The latest start of each, until it is known how it went. */
  readonly #starting = new Map<Part, Promise<unknown>>();
  /** Starts that were not seen to succeed: how many events each program had said before. */
  readonly #awaited = new Map<Part, number>();

  constructor(world: QuickWorld, history: History, random: Random) {
    this.#world = world;
    this.#history = history;
    this.#random = random;
    for (const part of parts) world.parts[part].onDeath(() => this.#noteDeath(part));
  }

  /**
   * Some kills at a random moment: soon after the last ones, in the middle of starts, a while later, or only after
   * `whole` says that all is as it was. At most `most`, of `those`; each is started again at once or after a moment.
   */
  async strike(those: readonly Part[], most: number, whole: () => boolean): Promise<void> {
    const turn = this.#random.below(4);
    const more = this.#random.below(turn < 2 ? 300 : turn === 2 ? 2_000 : 800);
    if (turn === 3) await until("whole world", wholeMs, whole).catch(() => {});
    await sleep(more);
    const victims = this.#choose(those, most);
    await this.kill(victims);
    for (const part of victims) {
      if (this.#random.once(2)) await sleep(this.#random.below(800));
      this.start(part);
    }
  }

  async kill(victims: readonly Part[]): Promise<void> {
    const running = victims.filter((part) => this.#world.parts[part].running);
    for (const part of running) this.#killing.add(part);
    await Promise.all(
      running.map((part) => {
        this.#history.kills.push({ part, at: Date.now() });
        return this.#world.parts[part].crash();
      }),
    );
    for (const part of running) this.#killing.delete(part);
  }

  start(part: Part): void {
    const program = this.#world.parts[part];
    if (program.running || this.#resting) return;
    const since = program.events.length;
    const begun = performance.now();
    program.start();
    const seen = program.waitFor(atWork[part], startMs, { since }).then(
      () => this.starts.push({ part, ms: Math.round(performance.now() - begun) }),
      // Killed on its way, or waiting for another; whoever reunites them asks again.
      () => this.#awaited.set(part, since),
    );
    this.#starting.set(part, seen);
  }

  /** All three run, and each that was started has come to work. Throws when one has not within {@link startMs}. */
  async reunite(): Promise<void> {
    for (const part of parts) this.start(part);
    for (const part of parts) {
      await this.#starting.get(part);
      const since = this.#awaited.get(part);
      if (since === undefined) continue;
      this.#awaited.delete(part);
      const program = this.#world.parts[part];
      const seen = program.waitFor(atWork[part], startMs, { since }).then(
        () => undefined,
        () => program.trouble(atWork[part]),
      );
      const trouble = await seen;
      if (!trouble) continue;
      this.starts.push({ part, ms: null });
      throw trouble;
    }
  }

  /** From now on programs end because they are asked to, and none is started again. */
  rest(): void {
    this.#resting = true;
  }

  #choose(those: readonly Part[], most: number): Part[] {
    const turn = this.#random.below(10);
    const left = [...those];
    const count = Math.min(most, left.length, turn < 6 ? 1 : turn < 8 ? 2 : 3);
    return Array.from({ length: count }, () => left.splice(this.#random.below(left.length), 1)[0] as Part);
  }

  #noteDeath(part: Part): void {
    if (this.#resting) return;
    const lastLog = this.#world.parts[part].lastLog();
    const how = /-- \w+ ended \((\w+)\)$/.exec(lastLog)?.[1] ?? "unknown";
    this.deaths.push({ part, how, ours: this.#killing.has(part) && how === "SIGKILL", lastLog });
  }
}
