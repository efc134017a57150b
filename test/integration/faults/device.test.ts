import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../../bin/start/ports.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import { limits } from "../../../protocol/limits.ts";
import { sleep, until } from "../../story/parts/wait.ts";
import { behaviours, Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { call, type Person } from "../../world/person.ts";
import { residentBytes } from "../../world/proc.ts";
import type { Technician } from "../../world/technician.ts";
import { Unanswering } from "../../world/unanswering.ts";
import { QuickWorld } from "../../world/world.ts";

const mebibyte = 1_048_576;
/** What an agent may grow by while a device floods: the windows of one link, what the kernel takes, and some waste. */
const floodBytes = limits.linkWindowBytes + 48 * mebibyte;

/** The device is the one who misbehaves; the session tells it from a good end, and neighbours notice nothing. */
describe("a device", () => {
  let good: Device;
  let bad: Device;
  let deaf: Unanswering;
  let world: QuickWorld;
  let sato: Technician;
  let tanaka: Person;
  const grants = new Map<string, GrantView>();
  let neighbour: Echo;
  /** How a connection to the deaf device ends, and after how long. It takes its time, so it is opened first. */
  let unanswered: Promise<{ end: string; ms: number }>;

  beforeAll(async () => {
    good = await Device.start();
    bad = await Device.start();
    deaf = await Unanswering.start();
    world = await QuickWorld.start({
      devices: [
        { name: "good", protocol: "tcp", port: good.port },
        { name: "bad", protocol: "tcp", port: bad.port },
        { name: "bad page", protocol: "http", port: bad.port },
        { name: "nobody", protocol: "tcp", port: await freePort() },
        { name: "deaf", protocol: "tcp", port: deaf.port },
      ],
    });
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    for (const name of world.register.devices.keys()) grants.set(name, await world.grant(sato, tanaka, name));
    neighbour = new Echo((await sato.connect(granted("good"))).tunnel.port);
    await neighbour.say("before");
    const { echo } = await open("deaf");
    const began = performance.now();
    unanswered = echo.closed.then((end) => ({ end, ms: performance.now() - began }));
  });

  afterAll(async () => {
    neighbour?.destroy();
    await world?.stop();
    deaf?.stop();
    await bad?.stop();
    await good?.stop();
  });

  function granted(name: string): GrantView {
    const grant = grants.get(name);
    if (!grant) throw new Error(`There is no grant for ${name}.`);
    return grant;
  }

  async function open(name: string): Promise<{ echo: Echo; close: () => void }> {
    const { tunnel } = await sato.connect(granted(name));
    return { echo: new Echo(tunnel.port), close: () => tunnel.close() };
  }

  const unharmed = () => neighbour.say("still here");

  test("that refuses is a reset for the tool, and the session lives on for the next try", async () => {
    const { tunnel, session } = await sato.connect(granted("nobody"));
    for (const _ of [1, 2]) expect(await new Echo(tunnel.port).closed).toBe("reset");
    expect(await world.liveSessions()).toContain(session);
    tunnel.close();
    await unharmed();
  });

  test("that hangs holds its own connection only, and a cut ends it all the same", async () => {
    bad.behave = behaviours.hang;
    const { tunnel, session } = await sato.connect(granted("bad"));
    const [first, second] = [new Echo(tunnel.port), new Echo(tunnel.port)];
    first.socket.write("anybody there?");
    second.socket.write("anybody there?");
    await until("connections at the device", 5_000, () => bad.connections === 2);
    await unharmed();
    expect([first, second].map(({ received }) => received.length)).toEqual([0, 0]);
    await sato.post(`/api/sessions/${session}/end`, { reason: null });
    expect(await Promise.all([first.closed, second.closed])).toEqual(["reset", "reset"]);
    await until("sockets closed at the device", 5_000, () => bad.connections === 0);
  });

  test("that breaks off half-way gives half and a reset, never half that looks whole", async () => {
    bad.behave = behaviours.breakOff;
    const { echo, close } = await open("bad");
    expect(await echo.closed).toBe("reset");
    expect("1000 bytes follow\r\nhalf".startsWith(echo.received.toString())).toBe(true);
    close();
  });

  test("that ends its own direction ends that one only, in order", async () => {
    bad.behave = behaviours.halfClose;
    const { tunnel } = await sato.connect(granted("bad"));
    const client = connect({ port: tunnel.port, host: "127.0.0.1", allowHalfOpen: true });
    let heard = "";
    client.on("data", (chunk: Buffer) => (heard += chunk.toString()));
    await new Promise((resolve) => client.once("end", resolve));
    expect(heard).toBe("done");
    expect(bad.connections).toBe(1);
    client.end("and good bye");
    await until("sockets closed at the device", 5_000, () => bad.connections === 0);
    tunnel.close();
  });

  test("that floods a client that does not read costs the agent bounded memory", async () => {
    bad.behave = behaviours.flood;
    const pid = world.parts.agent.pid ?? 0;
    const before = residentBytes(pid);
    const { tunnel } = await sato.connect(granted("bad"));
    const silent = Array.from({ length: 16 }, () => {
      const socket = connect({ port: tunnel.port, host: "127.0.0.1" }).on("error", () => {});
      return socket.pause();
    });
    await until("connections at the device", 10_000, () => bad.connections === silent.length);
    const grown = await mostGrown(pid, before);
    await unharmed();
    expect(grown).toBeLessThan(floodBytes);
    for (const socket of silent) socket.destroy();
    tunnel.close();
    await until("sockets closed at the device", 5_000, () => bad.connections === 0);
  });

  test("whose page has no end costs no more", async () => {
    bad.behave = behaviours.endlessPage;
    const pid = world.parts.agent.pid ?? 0;
    const before = residentBytes(pid);
    const { host, cookie, session } = await sato.enter(granted("bad page"));
    const silent = Array.from({ length: 8 }, () => {
      const socket = connect({ port: world.parts.ports.public, host: "127.0.0.1" }).on("error", () => {});
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: __Host-genkan=${cookie}\r\n\r\n`);
      return socket.pause();
    });
    await until("connections at the device", 10_000, () => bad.connections === silent.length);
    const grown = await mostGrown(pid, before);
    await unharmed();
    expect(grown).toBeLessThan(floodBytes);
    await sato.post(`/api/sessions/${session}/end`, { reason: null });
    await until("sockets closed at the device", 5_000, () => bad.connections === 0);
    for (const socket of silent) socket.destroy();
  });

  test("whose head has no end is a clear answer, and cut off", async () => {
    bad.behave = behaviours.endlessHead;
    const { origin, cookie, session } = await sato.enter(granted("bad page"));
    const { status } = await call(origin, "GET", "/", { cookie });
    expect(status).toBe(502);
    await until("sockets closed at the device", 5_000, () => bad.connections === 0);
    await sato.post(`/api/sessions/${session}/end`, { reason: null });
    await unharmed();
  });

  test("whose host does not answer at all is given up after a while, as a reset", async () => {
    const { end, ms } = await unanswered;
    expect(end).toBe("reset");
    expect(ms).toBeGreaterThan(limits.deviceDialMs - 1_000);
    await unharmed();
  });
});

/** The most that a process has grown by in a while under load. */
async function mostGrown(pid: number, before: number): Promise<number> {
  let most = 0;
  for (let count = 0; count < 20; count++) {
    await sleep(100);
    most = Math.max(most, residentBytes(pid) - before);
  }
  return most;
}
