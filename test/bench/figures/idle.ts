import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../../protocol/limits.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import type { Connection } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, round } from "../figure.ts";
import { residentMib } from "../process-cost.ts";
import { startSplice } from "../splice-process.ts";

/** Memory of the gateway for sessions that do nothing; a plain Node relay holds as many connections beside it. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const device = await Device.start();
  const world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
  const splice = await startSplice(device.port);
  const held: Socket[] = [];
  try {
    const [sato, tanaka] = [await world.technician(), await world.staff("tanaka")];
    const sessions = effort.times(200);
    const { gateway } = world.parts;
    // Warm: what the first sessions load is not what a further one costs.
    const open: Connection[] = [];
    const begin = async (count: number) => {
      for (let i = 0; i < count; i += limits.sessionsPerGrant) {
        const grant = await world.grant(sato, tanaka, "echo");
        for (let k = 0; k < Math.min(limits.sessionsPerGrant, count - i); k++) {
          const connection = await sato.connect(grant);
          await new Echo(connection.tunnel.port).say("idle");
          open.push(connection);
        }
      }
    };
    effort.say("idle sessions");
    await begin(16);
    await sleep(1_000);
    const before = residentMib(gateway.pid ?? 0);
    await begin(sessions);
    await sleep(2_000);
    const ours = residentMib(gateway.pid ?? 0) - before;
    const plainBefore = residentMib(splice.pid);
    for (let i = 0; i < sessions; i++) held.push(await idleConnection(splice.port));
    await sleep(1_000);
    const plain = residentMib(splice.pid) - plainBefore;
    for (const { tunnel } of open) tunnel.close();
    return [
      {
        figure: "idle_mib_per_1000",
        unit: "MiB for 1,000 sessions",
        ours: round((ours / sessions) * 1_000),
        beside: { what: "plain Node relay, as many connections", value: round((plain / sessions) * 1_000) },
        note: `gateway's resident memory from ${sessions} sessions, each one client, the leg that carries it and ${limits.legsWarmNative} that stands by`,
      },
    ];
  } finally {
    for (const socket of held) socket.destroy();
    splice.stop();
    await world.stop();
    await device.stop();
  }
}

function idleConnection(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" }, () => resolve(socket));
    socket.once("error", reject);
  });
}
