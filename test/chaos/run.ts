import { parseArgs } from "node:util";
import { Chaos, type Outcome, type Round } from "./chaos.ts";
import { parts } from "./history.ts";
import { invariants } from "./invariants.ts";

const usage = `npm run chaos -- [--kills N] [--seed TEXT] [--lapse-every ROUNDS] [--json]
Kills authority, gateway and agent at random moments while sessions run, and checks what must hold after each round.`;

const { values: o } = parseArgs({
  options: {
    kills: { type: "string", default: "1000" },
    seed: { type: "string" },
    "lapse-every": { type: "string", default: "8" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});

function count(name: string, text: string, least: number): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < least) throw new RangeError(`--${name} is a count of ${least} or more.`);
  return value;
}

const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function tell(round: Round, wanted: number): void {
  if (o.json) return console.log(JSON.stringify({ type: "round", ...round }));
  const left = Math.round((round.seconds / round.kills) * Math.max(0, wanted - round.kills));
  const lapsed = round.lapsed.length === 0 ? "" : `, ${round.lapsed.join(" and ")} away beyond a lease`;
  console.log(
    `round ${round.round}: ${round.kills}/${wanted} kills, ${clock(round.seconds)} gone, about ${clock(left)} left; ` +
      `${round.live} sessions live of ${round.sessions}, ${round.records} records${lapsed}`,
  );
  for (const { invariant, what } of round.breaches) console.log(`  BROKEN ${invariant}: ${what}`);
}

function report(seed: string, folder: string, { last, killsOf, starts, failures, breaches }: Outcome): void {
  const kills = Object.values(killsOf).reduce((sum, one) => sum + one, 0);
  const kept = breaches.length > 0 ? { folder } : {};
  if (o.json) {
    const ends = last?.ends ?? {};
    console.log(JSON.stringify({ type: "end", seed, kills, killsOf, ends, starts, failures, last, breaches, ...kept }));
    return;
  }
  const list = (figures: Readonly<Record<string, number>>) =>
    Object.entries(figures)
      .sort(([, a], [, b]) => b - a)
      .map(([name, figure]) => `${name} ${figure}`)
      .join(", ");
  console.log(`\nseed ${seed}: ${kills} kills (${list(killsOf)}) in ${clock(last?.seconds ?? 0)}`);
  console.log(`starts: ${starts.count}, median ${starts.median} ms, longest ${starts.longest} ms`);
  if (last) {
    console.log(`sessions: ${last.sessions}; ends: ${list(last.ends)}`);
    console.log(`audit: ${last.acknowledged} acknowledged calls, all looked for among ${last.records} records`);
    console.log(`device: ${last.connections} connections, ${last.bytes} bytes`);
    console.log(`tried again: ${list(last.refused)}`);
  }
  console.log(`calls that failed: ${list(failures)}`);
  const names = Object.keys(invariants);
  const broken = new Set(breaches.map(({ invariant }) => invariant));
  const held = `${names.length - broken.size} of ${names.length} held`;
  console.log(
    `invariants: ${last ? `${held}, checked ${last.round} times, last after ${last.kills} kills` : "not checked yet"}`,
  );
  for (const { invariant, what } of breaches) console.log(`  BROKEN ${invariant}: ${what}`);
  if (breaches.length > 0) console.log(`Data and logs of the programs stay in ${folder}`);
}

if (o.help) console.log(usage);
else {
  // Another run, another seed, unless told.
  const seed = o.seed ?? String(Date.now() % 1_000_000);
  const kills = count("kills", o.kills, 1);
  const lapseEvery = count("lapse-every", o["lapse-every"], 0);
  if (!o.json) console.log(`seed ${seed}, ${kills} kills of ${parts.join(", ")}`);
  const stopping = new AbortController();
  const options = { seed, kills, lapseEvery, signal: stopping.signal, onRound: (round: Round) => tell(round, kills) };
  const chaos = await Chaos.start(options);
  process.once("SIGINT", () => {
    // A terminal tells the programs too, so there is nothing left to check.
    stopping.abort();
    const seen = chaos.outcome;
    report(seed, chaos.folder, seen);
    void chaos.stop().finally(() => process.exit(seen.breaches.length > 0 ? 1 : 130));
  });
  const outcome = await chaos.run();
  report(seed, chaos.folder, outcome);
  await chaos.stop();
  process.exit(outcome.breaches.length > 0 || outcome.last === null ? 1 : 0);
}
