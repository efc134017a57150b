import { type AddressInfo, createServer, type Socket } from "node:net";
import { SlowReader } from "../../story/parts/slow-reader.ts";
import { behaviours, Device } from "../../world/device.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, spread } from "../figure.ts";

/** From the call that revokes to the last byte at a slow reader of a flood; a plain loopback reset in turn with each. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const device = await Device.start(behaviours.flood);
  const world = await QuickWorld.start({ devices: [{ name: "flood", protocol: "tcp", port: device.port }] });
  const plain = await plainFlood();
  const ours: number[] = [];
  const beside: number[] = [];
  try {
    const [sato, tanaka] = [await world.technician(), await world.staff("tanaka")];
    const times = effort.times(1_000);
    for (let i = 0; i < times; i++) {
      if (i % 100 === 0) effort.say(`revoked ${i} of ${times}`);
      const grant = await world.grant(sato, tanaka, "flood");
      const { tunnel } = await sato.connect(grant);
      ours.push(
        await untilSilent(tunnel.port, () => tanaka.post(`/api/grants/${grant.id}/revocation`, { reason: "bench" })),
      );
      beside.push(await untilSilent(plain.port, async () => plain.reset()));
    }
  } finally {
    await world.stop();
    await device.stop();
    plain.stop();
  }
  return [
    {
      figure: "revoke_ms",
      unit: "ms",
      ours: spread(ours),
      beside: { what: "plain loopback, the server resets its socket", value: spread(beside) },
      note: "from the call to the last byte at a reader of 16 KiB every 20 ms, that is up to one sip after the reset; one gateway",
    },
  ];
}

/** Reads slowly until everything is full, then stops it; milliseconds from the call to the last byte, at least 0. */
async function untilSilent(port: number, stop: () => Promise<unknown>): Promise<number> {
  const reader = new SlowReader(port);
  while (reader.bytes < 65_536) await new Promise((resolve) => setTimeout(resolve, 5));
  const called = performance.now();
  await stop();
  await reader.ended;
  return Math.max(0, reader.lastByteAt - called);
}

async function plainFlood() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => sockets.delete(socket));
    behaviours.flood(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
    },
    stop: () => void server.close(),
  };
}
