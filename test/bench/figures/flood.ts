import { connect, type Socket } from "node:net";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { QuickWorld } from "../../world/world.ts";
import { type Effort, type Figure, round, spread, timed } from "../figure.ts";
import { residentMib } from "../process-cost.ts";

/** Echoes of a live session while strangers hold or hammer the public port; quiet echoes and plain loopback beside. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const device = await Device.start();
  const world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
  try {
    const [sato, tanaka] = [await world.technician(), await world.staff("tanaka")];
    const { tunnel } = await sato.connect(await world.grant(sato, tanaka, "echo"));
    const echo = new Echo(tunnel.port);
    const direct = new Echo(device.port);
    const [quiet, flooded, plain]: [number[], number[], number[]] = [[], [], []];
    const times = effort.times(500);
    for (let i = 0; i < times; i++) quiet.push(await timed(() => echo.say("quiet")));
    const pid = world.parts.gateway.pid ?? 0;
    const before = residentMib(pid);
    effort.say("flood");
    const flood = new Flood(world.parts.ports.public);
    flood.start();
    let peak = before;
    for (let i = 0; i < times; i++) {
      flooded.push(await timed(() => echo.say("flood")));
      plain.push(await timed(() => direct.say("plain")));
      if (i % 20 === 0) peak = Math.max(peak, residentMib(pid));
    }
    const opened = flood.stop();
    return [
      {
        figure: "preauth_flood_echo_ms",
        unit: "ms",
        ours: spread(flooded),
        beside: { what: "plain loopback echo under the same flood", value: spread(plain) },
        note: `echo of a live session during ${opened} hostile connections; quiet: p50 ${spread(quiet).p50}, p99 ${spread(quiet).p99}`,
      },
      {
        figure: "preauth_flood_mib",
        unit: "MiB",
        ours: round(peak - before),
        beside: { what: "resident before the flood", value: round(before) },
        note: "what the gateway's resident memory grew by at most",
      },
    ];
  } finally {
    await world.stop();
    await device.stop();
  }
}

/** Slow heads, half hellos, garbage and silence, as fast as one process opens them, from many loopback addresses. */
class Flood {
  readonly #port: number;
  readonly #open = new Set<Socket>();
  #opened = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  start(): void {
    const heads = [
      Buffer.from("GET / HTTP/1.1\r\nHost: po"),
      Buffer.from([0x16, 3, 1, 2, 0, 1]),
      Buffer.from("SSH-2.0-x\r\n"),
      null,
    ];
    this.#timer = setInterval(() => {
      for (let i = 0; i < 20 && this.#open.size < 2_000; i++) {
        const socket = connect({
          port: this.#port,
          host: "127.0.0.1",
          localAddress: `127.0.1.${1 + (this.#opened % 200)}`,
        });
        const head = heads[this.#opened++ % heads.length];
        this.#open.add(socket);
        socket.on("error", () => {});
        socket.once("close", () => this.#open.delete(socket));
        if (head) socket.write(head);
      }
    }, 10);
  }

  /** How many it opened in all. */
  stop(): number {
    clearInterval(this.#timer);
    for (const socket of this.#open) socket.destroy();
    return this.#opened;
  }
}
