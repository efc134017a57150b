import { connect } from "node:net";
import { Device } from "../../world/device.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, round } from "../figure.ts";
import { cpuSeconds } from "../process-cost.ts";
import { startSplice } from "../splice-process.ts";

const gib = 2 ** 30;
const chunk = Buffer.alloc(65_536, 7);

/** CPU of the gateway (and agent) for each GiB that a device sends; a plain Node relay carries the same in turn. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const bytes = Math.round((effort.times(1_000) / 1_000) * gib);
  const device = await Device.start((socket) => {
    let left = bytes;
    const pour = () => {
      while (left > 0 && !socket.destroyed) {
        left -= chunk.length;
        if (!socket.write(chunk)) return;
      }
      if (left <= 0) socket.end();
    };
    socket.on("drain", pour);
    pour();
  });
  const world = await QuickWorld.start({ devices: [{ name: "bulk", protocol: "tcp", port: device.port }] });
  const splice = await startSplice(device.port);
  try {
    const [sato, tanaka] = [await world.technician(), await world.staff("tanaka")];
    const { tunnel } = await sato.connect(await world.grant(sato, tanaka, "bulk"));
    const pids = { gateway: world.parts.gateway.pid ?? 0, agent: world.parts.agent.pid ?? 0 };
    const cost = { gateway: 0, agent: 0, plain: 0 };
    const rounds = 3;
    for (let i = 0; i < rounds; i++) {
      effort.say(`bulk ${i + 1} of ${rounds}`);
      const before = {
        gateway: cpuSeconds(pids.gateway),
        agent: cpuSeconds(pids.agent),
        plain: cpuSeconds(splice.pid),
      };
      await drain(tunnel.port);
      cost.gateway += cpuSeconds(pids.gateway) - before.gateway;
      cost.agent += cpuSeconds(pids.agent) - before.agent;
      await drain(splice.port);
      cost.plain += cpuSeconds(splice.pid) - before.plain;
    }
    const perGib = (seconds: number) => round(seconds / ((rounds * bytes) / gib));
    const beside = { what: "plain Node relay, no TLS", value: perGib(cost.plain) };
    const unit = "CPU s/GiB down";
    return [
      {
        figure: "relay_cpu_s_per_gib",
        unit,
        ours: perGib(cost.gateway),
        beside,
        note: "gateway process, carrier U (TLS on the agent's leg, the client's TLS carried blind)",
      },
      {
        figure: "agent_cpu_s_per_gib",
        unit,
        ours: perGib(cost.agent),
        beside,
        note: "agent process: it ends the session's TLS inside the leg's TLS",
      },
    ];
  } finally {
    splice.stop();
    await world.stop();
    await device.stop();
  }
}

function drain(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.resume();
    socket.once("error", reject);
    socket.once("end", () => {
      socket.destroy();
      resolve();
    });
  });
}
