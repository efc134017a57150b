import { Random } from "../fuzz/random.ts";
import { sleep, until } from "../story/parts/wait.ts";
import { QuickWorld } from "../world/world.ts";
import { type Cast, castOf } from "./cast.ts";
import { CountingDevice } from "./counting-device.ts";
import { History, type Part, parts } from "./history.ts";
import { type Breach, breachesOf, holdersAgree } from "./invariants.ts";
import { Killer, lapseMs } from "./killer.ts";
import { Load } from "./load.ts";
import { type Holdings, holdings, type Observation, observe, type Scene } from "./observation.ts";
import type { Tool } from "./tool.ts";

export interface ChaosOptions {
  readonly seed: string;
  readonly kills: number;
  /** Each so many rounds, parts stay dead until leases have lapsed; never with 0. */
  readonly lapseEvery: number;
  /** Told after each round. */
  readonly onRound: (round: Round) => void;
  /** No further kill once it is aborted; the round is still checked. */
  readonly signal: AbortSignal;
}

/** What one round has come to; counts are those of the whole run so far. */
export interface Round {
  readonly round: number;
  readonly kills: number;
  readonly seconds: number;
  /** Parts that stayed dead beyond a lease in this round. */
  readonly lapsed: readonly Part[];
  readonly sessions: number;
  /** Sessions that lived through this round. */
  readonly live: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly records: number;
  readonly connections: number;
  readonly bytes: number;
  /** Used tickets, revoked grants and locked people that were tried and refused, by the answer. */
  readonly refused: Readonly<Record<string, number>>;
  readonly breaches: readonly Breach[];
}

export interface Outcome {
  readonly last: Round | null;
  readonly killsOf: Readonly<Record<Part, number>>;
  /** Milliseconds from a start until the program was at work: median and longest. */
  readonly starts: { readonly count: number; readonly median: number; readonly longest: number };
  readonly failures: Readonly<Record<string, number>>;
  readonly breaches: readonly Breach[];
}

const killsPerRound = 18;
/** So many live at once before a round begins. */
const sessionsWanted = 4;
/** All parts find each other again, and each tells the others what it knows, well within this. */
const settleMs = 30_000;

/** Sessions under load while programs are killed and started, round by round, each with a check of all invariants. */
export class Chaos {
  readonly #o: ChaosOptions;
  readonly #world: QuickWorld;
  readonly #device: CountingDevice;
  readonly #cast: Cast;
  readonly #history = new History();
  readonly #killer: Killer;
  readonly #loads: readonly Load[];
  readonly #random: Random;
  readonly #breaches: Breach[] = [];
  readonly #known = new Set<string>();
  readonly #began = performance.now();
  #last: Round | null = null;
  #kept: string | undefined;

  private constructor(o: ChaosOptions, world: QuickWorld, device: CountingDevice, cast: Cast) {
    this.#o = o;
    this.#world = world;
    this.#device = device;
    this.#cast = cast;
    this.#random = new Random(`${o.seed} rounds`);
    this.#killer = new Killer(world, this.#history, new Random(`${o.seed} kills`));
    this.#loads = cast.technicians.map(
      (_, turn) => new Load({ world, cast, history: this.#history, seed: o.seed, turn }),
    );
  }

  static async start(o: ChaosOptions): Promise<Chaos> {
    const device = await CountingDevice.start();
    const { port } = device.device;
    const world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port }] });
    return new Chaos(o, world, device, await castOf(world));
  }

  /** What the programs said and kept: it stays there if an invariant was broken. */
  get folder(): string {
    return this.#world.folder;
  }

  async stop(): Promise<void> {
    this.#killer.rest();
    for (const { tools } of this.#loads) for (const { tunnel } of tools) tunnel.close();
    await this.#world.stop({ keep: this.#breaches.length > 0 });
    await this.#device.device.stop();
  }

  /** As many rounds as it takes. A program that does not start any more ends the run. */
  async run(): Promise<Outcome> {
    await this.#connectAll();
    for (let round = 1; this.#left > 0 && !this.#o.signal.aborted; round++) {
      const lapse = this.#o.lapseEvery > 0 && round % this.#o.lapseEvery === 0;
      try {
        await this.#strike();
        await this.#settle(round, lapse ? await this.#lapse() : []);
      } catch (error) {
        this.#note([{ invariant: "files are whole, and every program starts from them", what: String(error) }]);
        break;
      }
    }
    return this.outcome;
  }

  /** What has been seen so far. */
  get outcome(): Outcome {
    const { kills, failures } = this.#history;
    const ms = this.#killer.starts.flatMap((start) => start.ms ?? []).sort((a, b) => a - b);
    const killsOf = Object.fromEntries(parts.map((part) => [part, kills.filter((kill) => kill.part === part).length]));
    return {
      last: this.#last,
      killsOf: killsOf as Record<Part, number>,
      starts: { count: ms.length, median: ms[ms.length >> 1] ?? 0, longest: ms.at(-1) ?? 0 },
      failures: Object.fromEntries(failures),
      breaches: [...this.#breaches],
    };
  }

  get #left(): number {
    return this.#o.kills - this.#history.kills.length;
  }

  async #strike(): Promise<void> {
    for (const load of this.#loads) load.begin();
    const last = Math.max(0, this.#left - killsPerRound);
    const whole = () => this.#loads.reduce((sum, { live }) => sum + live, 0) >= sessionsWanted;
    await until("sessions in use", settleMs, whole).catch(() => {});
    // Sessions outlive a dead authority, so that many are killed under the same ones.
    const turn = this.#random.below(4);
    const those = turn < 2 ? parts : turn === 2 ? (["authority"] as const) : [this.#random.of(parts)];
    while (this.#left > last && !this.#o.signal.aborted) await this.#killer.strike(those, this.#left - last, whole);
    await Promise.all(this.#loads.map((load) => load.pause()));
  }

  /** Nobody can tell the others, so the lease has to: no session is left anywhere, whatever comes back later. */
  async #lapse(): Promise<readonly Part[]> {
    await this.#reunite();
    await this.#connectAll();
    const dead = this.#random.once(4) ? parts : [this.#random.of(parts)];
    await this.#killer.kill(dead);
    await sleep(lapseMs);
    const held = await this.#holdings();
    // A dead authority's rows still stand there; it shows them to nobody.
    const shown = dead.includes("authority") ? [] : held.rows.filter(({ state }) => state !== "ended");
    const left = [
      ...shown.map(({ id }) => `${id} is shown as not ended`),
      ...held.carried.map((id) => `${id} is carried by the gateway`),
      ...held.tools.map(({ session }) => `${session} still has its tool`),
      ...(held.sockets.agent + held.sockets.device > 0 ? ["the device still has connections"] : []),
    ].map((what) => `a lease after the death of ${dead.join(" and ")}, ${what}`);
    const invariant = "rows, routes, recordings and sockets are the same sessions";
    this.#note(left.map((what) => ({ invariant, what })));
    return dead;
  }

  async #settle(round: number, lapsed: readonly Part[]): Promise<void> {
    await this.#reunite();
    await this.#agree();
    const tools = this.#tools;
    const heard = await Promise.all(
      tools.map(async (tool) => ({ session: tool.story.session, answered: await tool.answers() })),
    );
    for (const load of this.#loads) await load.tryAgain();
    // Before they connect once more, for which a lock is lifted.
    const locked = await this.#shownLocked();
    const recovered = await this.#connectAll();
    await this.#agree();
    const held = await this.#holdings();
    const revoked = this.#loads.flatMap((load) => load.revoked.map(({ id }) => id));
    const over = new Set(held.rows.filter(({ state }) => state === "ended").map(({ id }) => id));
    const { observation, checkpoint } = await observe(this.#scene, held, {
      // A window or a lease may have run out just then; whether it may is seen by the reason.
      heard: heard.filter(({ session, answered }) => answered || !over.has(session)),
      recovered,
      kept: this.#kept,
      locked,
      revoked,
    });
    this.#kept = checkpoint;
    const breaches = breachesOf(observation);
    const fresh = this.#note(breaches);
    this.#last = this.#roundOf(round, lapsed, observation, fresh);
    this.#o.onRound(this.#last);
  }

  #roundOf(round: number, lapsed: readonly Part[], seen: Observation, breaches: readonly Breach[]): Round {
    return {
      round,
      kills: seen.kills.length,
      seconds: Math.round((performance.now() - this.#began) / 1_000),
      lapsed,
      sessions: seen.rows.length,
      live: seen.heard.length,
      ends: tally(seen.rows.flatMap(({ reason }) => reason ?? [])),
      acknowledged: seen.acknowledged.length,
      records: seen.records.length,
      connections: seen.connections.taken,
      bytes: seen.traces.reduce((sum, { bytes }) => sum + bytes, 0),
      refused: tally(seen.attempts.map(({ what, code }) => `${what}: ${code}`)),
      breaches,
    };
  }

  /** Those that were not known before: what is wrong in a history stays wrong in each further round. */
  #note(breaches: readonly Breach[]): Breach[] {
    const fresh = breaches.filter(({ invariant, what }) => !this.#known.has(`${invariant} ${what}`));
    for (const { invariant, what } of fresh) this.#known.add(`${invariant} ${what}`);
    this.#breaches.push(...fresh);
    return fresh;
  }

  /** Programs run and are connected, as the authority's own page says. */
  async #reunite(): Promise<void> {
    await this.#killer.reunite();
    await until("parts that are connected again", settleMs, () => this.#world.reunited(this.#cast.officer));
  }

  /** A new session for each technician; false when one can't. */
  async #connectAll(): Promise<boolean> {
    for (const load of this.#loads) {
      const tool = await load.connectOnce().catch((error: unknown) => this.#history.fail(error));
      if (!tool || !(await tool.answers())) return false;
    }
    return true;
  }

  async #shownLocked(): Promise<Observation["locked"]> {
    const people = this.#loads.filter((load) => load.locked).map(({ person }) => person);
    const shown = await this.#cast.officer.get<{ people: { id: string; locked: boolean }[] }>("/api/people");
    return people.map((person) => ({ person, shown: shown.people.some(({ id, locked }) => id === person && locked) }));
  }

  /** Given time to; what still differs then is seen by the check. */
  async #agree(): Promise<void> {
    const agree = async () => holdersAgree(await this.#holdings()).length === 0;
    await until("same sessions everywhere", settleMs, agree).catch(() => {});
  }

  /** Those that think themselves connected. */
  get #tools(): Tool[] {
    return this.#loads.flatMap(({ tools }) => [...tools].filter(({ over }) => !over));
  }

  get #scene(): Scene {
    const [world, device, history, killer] = [this.#world, this.#device, this.#history, this.#killer];
    return { world, device, history, killer, officer: this.#cast.officer };
  }

  #holdings(): Promise<Holdings> {
    return holdings(
      this.#scene,
      this.#tools.map(({ story, connections }) => ({ session: story.session, connections })),
    );
  }
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
