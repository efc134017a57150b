import { setTimeout as sleep } from "node:timers/promises";
import type { LockView } from "../../../protocol/api/lock.ts";
import { limits } from "../../../protocol/limits.ts";
import { Device } from "../../world/device.ts";
import type { Person } from "../../world/person.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, spread, timed } from "../figure.ts";
import { fillLists, floodsOf } from "../floods.ts";

/** Locks of one round, under each flood and in quiet. */
const locksPerRound = 10;
/** A flood is in full spate after this; what is left of it is over after as much again, and with it what still waits to write. */
const settleMs = 300;

/** An officer's lock while one person or stranger floods the authority; the same lock in quiet, in turn with each. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const device = await Device.start();
  const devices = ["echo", "other"].map((name) => ({ name, protocol: "tcp" as const, port: device.port }));
  const world = await QuickWorld.start({ devices });
  try {
    const [sato, suzuki] = [await world.technician(), await world.technician("suzuki")];
    const officer = await world.staff("yamada");
    // A live session, so that each lock decides one again.
    const { tunnel } = await sato.connect(await world.grant(sato, await world.staff("tanaka"), "echo"));
    const other = world.device("other");
    await fillLists(suzuki, other);
    const floods = floodsOf(world, suzuki, other);
    const quiet: number[] = [];
    const flooded = floods.map((): number[] => []);
    const made = floods.map(() => 0);
    await lock(officer, other.id);
    const rounds = effort.times(3);
    for (let round = 0; round < rounds; round++)
      for (const [i, flood] of floods.entries()) {
        effort.say(`${flood.name}, round ${round + 1} of ${rounds}`);
        for (let k = 0; k < locksPerRound / floods.length; k++) quiet.push(await lock(officer, other.id));
        const stop = flood.begin();
        await sleep(settleMs);
        for (let k = 0; k < locksPerRound; k++) flooded[i]?.push(await lock(officer, other.id));
        made[i] = (made[i] ?? 0) + stop();
        await sleep(settleMs + (flood.queues ? limits.storeTurnMs : 0));
      }
    tunnel.close();
    return floods.map(({ name, what }, i) => ({
      figure: `lock_under_flood_ms ${name}`,
      unit: "ms",
      ours: spread(flooded[i] ?? []),
      beside: { what: "the same lock in quiet, in turn", value: spread(quiet) },
      note: `from an officer's call to its answer, one live session decided again; ${what} (${made[i]} in all)`,
    }));
  } finally {
    await world.stop();
    await device.stop();
  }
}

/** Milliseconds that the lock takes; it is lifted again, and that is not counted. */
async function lock(officer: Person, target: string): Promise<number> {
  let set: LockView | undefined;
  const ms = await timed(async () => {
    set = await officer.post<LockView>("/api/locks", { kind: "device", target, reason: "bench" });
  });
  await officer.post(`/api/locks/${set?.id}/lift`, { reason: "bench" });
  return ms;
}
