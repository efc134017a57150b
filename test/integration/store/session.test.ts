import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { LiveEvent } from "../../../protocol/api/live-event.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { Servers } from "../../parts/servers.ts";
import { patienceMs } from "../../patience.ts";
import { endInGatewayLog } from "../../story/parts/gateway-log.ts";
import { endInJournal } from "../../story/parts/journal.ts";
import { sleep, until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { type Acknowledged, missingFrom, readLog } from "../../world/log.ts";
import type { Person } from "../../world/person.ts";
import type { Connection, Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

/** A lease, the round in which its lapse is seen, and time for a busy machine. */
const lapseMs = limits.leaseMs + limits.leaseRenewMs + 5_000;

/** A world with its store and bus on servers of its own, and a grant to begin sessions under. */
interface Scene {
  readonly servers: Servers;
  readonly world: QuickWorld;
  readonly device: Device;
  readonly sato: Technician;
  readonly yamada: Person;
  readonly grant: GrantView;
  readonly acknowledged: Acknowledged[];
}

interface Live {
  readonly connection: Connection;
  readonly echo: Echo;
}

const folder = mkdtempSync(join(tmpdir(), "genkan-servers-"));
const scenes: Scene[] = [];

beforeAll(async () => {
  for (let count = 0; count < 3; count++) scenes.push(await set(join(folder, String(count))));
});

afterAll(async () => {
  for (const { world, device, servers } of scenes) {
    servers.postgres?.resume();
    await world.stop();
    await device.stop();
    await servers.remove();
  }
  rmSync(folder, { recursive: true, force: true });
});

const scene = (index: number): Scene => {
  const found = scenes[index];
  if (!found) throw new Error("The scene was not set.");
  return found;
};

describe.concurrent("in mid-session", () => {
  it("a store that was stopped starts no session; live ones end by their lease; it goes on by itself", async () => {
    const own = scene(0);
    const { sato, servers, world, grant } = own;
    const live = await begin(own);
    const pid = world.parts.authority.pid;
    await servers.postgres?.stop();
    const opened = { grant: grant.id, service: grant.services[0]?.id, client: "native", clientKey: "A".repeat(43) };
    expect(await sato.refused("POST", "/api/sessions", opened)).toBe("store-unavailable");
    expect(await sato.refused("GET", "/api/grants")).toBe("store-unavailable");
    // The line that is open goes on for as long as its lease does.
    await live.echo.say("still");
    await cutByLease(own, live);
    await servers.postgres?.begin();
    await goesOn(own, live);
    expect(world.parts.authority.pid).toBe(pid);
    expect(readFileSync(world.parts.authority.logFile, "utf8")).toContain("leases could not be renewed");
    await whole(own);
  });

  it("a store that stands still does the same, and nobody waits long to hear of it", async () => {
    const own = scene(1);
    const { sato, servers } = own;
    const live = await begin(own);
    servers.postgres?.pause();
    const began = performance.now();
    expect(await sato.refused("GET", "/api/grants")).toBe("store-unavailable");
    expect(performance.now() - began).toBeLessThan(limits.storeConnectMs + limits.storeReplyMs + patienceMs);
    await cutByLease(own, live);
    servers.postgres?.resume();
    await goesOn(own, live);
    await whole(own);
  });

  it("a store that is away for less than a lease costs a live session nothing", async () => {
    const own = scene(2);
    const { sato, servers, yamada } = own;
    const { connection, echo } = await begin(own);
    await servers.postgres?.crash();
    await sleep(1_000);
    await servers.postgres?.begin();
    for (const deadline = performance.now() + limits.leaseMs + 2_000; performance.now() < deadline; await sleep(1_000))
      await echo.say("still here");
    // Whatever the agent could not tell at that moment, it has told since.
    expect((await sato.get<SessionView>(`/api/sessions/${connection.session}`)).state).toBe("live");
    await yamada.post(`/api/sessions/${connection.session}/end`, { reason: "enough" });
    expect(await echo.closed).toBe("reset");
    await whole(own);
  });
});

describe("the bus", () => {
  it("costs nothing when it is away: sessions begin, pages hear of it, cuts cut", async () => {
    const own = scene(0);
    const page = await watch(own.yamada);
    await own.servers.redis?.crash();
    const { connection, echo } = await begin(own);
    await until("word of the session", 3_000, () => page.heard.includes("sessions"));
    await own.yamada.post(`/api/sessions/${connection.session}/end`, { reason: "enough" });
    expect(await echo.closed).toBe("reset");
    await own.servers.redis?.begin();
    page.socket.terminate();
    expect(readFileSync(own.world.parts.authority.logFile, "utf8")).toContain("is away");
  });

  it("brings word of a command beside the authority to its pages", async () => {
    const own = scene(1);
    const page = await watch(own.yamada);
    await own.world.parts.askAuthority("agent token", { "--site": "first" });
    await until("word of the command", limits.redialMs + 3_000, () => page.heard.includes("audit"));
    page.socket.terminate();
  });
});

async function set(at: string): Promise<Scene> {
  mkdirSync(at, { recursive: true });
  const servers = await Servers.start(at, { store: true, bus: true });
  const device = await Device.start();
  const devices = [{ name: "echo", protocol: "tcp", port: device.port }] as const;
  const world = await QuickWorld.start({ devices, servers: servers.files });
  const sato = await world.technician();
  const grant = await world.grant(sato, await world.staff("tanaka"), "echo");
  const acknowledged = [{ action: "request.approve", subject: grant.id }];
  return { servers, world, device, sato, yamada: await world.staff("yamada"), grant, acknowledged };
}

async function begin({ sato, grant, acknowledged }: Scene): Promise<Live> {
  const connection = await sato.connect(grant);
  acknowledged.push({ action: "session.admit", subject: connection.session });
  const echo = new Echo(connection.tunnel.port);
  await echo.say("before");
  return { connection, echo };
}

/** Both sides cut by themselves; the authority could tell neither. */
async function cutByLease({ world, device }: Scene, { connection, echo }: Live): Promise<void> {
  expect(await echo.closed).toBe("reset");
  const at = (end: () => string | undefined) => until("end by the lease", lapseMs, end);
  expect(await at(() => endInJournal(world.parts, connection.session))).toBe("lease-lost");
  expect(await at(() => endInGatewayLog(world.parts, connection.session))).toBe("lease-lost");
  await until("sockets closed at the device", 5_000, () => device.connections === 0);
}

/** Everything goes on by itself: what ended is shown as ended, and a new session begins and is cut. */
async function goesOn(own: Scene, { connection }: Live): Promise<void> {
  const shown = await until("end shown", lapseMs, async () => {
    const answer = await own.sato.ask<SessionView>("GET", `/api/sessions/${connection.session}`).catch(() => null);
    return answer?.status === 200 && answer.body.state === "ended" ? answer.body.reason : undefined;
  });
  expect(shown).toBe("lease-lost");
  const again = await begin(own);
  await own.yamada.post(`/api/sessions/${again.connection.session}/end`, { reason: "enough" });
  expect(await again.echo.closed).toBe("reset");
}

/** No session is shown as live that is not, all that was acknowledged is in a log that verifies, no log has a password. */
async function whole({ world, yamada, acknowledged }: Scene): Promise<void> {
  await until("no session shown as live", lapseMs, async () => (await world.liveSessions()).length === 0);
  const log = await until("whole log", 10_000, async () => {
    const read = await readLog(yamada, world.register.fingerprints.logKey);
    return missingFrom(read.records, acknowledged).length === 0 && read;
  });
  expect(log.verdict).toMatchObject({ ok: true });
  for (const program of world.parts.programs.filter(({ running }) => running))
    expect(readFileSync(program.logFile, "utf8")).not.toMatch(/correct-horse|wrong-mule/);
}

/** A page that listens; what it heard of since. */
async function watch(person: Person): Promise<{ socket: WebSocket; heard: string[] }> {
  const { port, host } = new URL(person.origin);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/events`, {
    headers: { host, origin: person.origin, cookie: `__Host-genkan=${person.cookie ?? ""}` },
  });
  const heard: string[] = [];
  socket.on("error", () => {});
  await new Promise((resolve) => socket.once("open", resolve));
  // What happened just before is told first.
  await sleep(limits.eventsGatherMs + 300);
  socket.on("message", (data: Buffer) => heard.push(...(JSON.parse(data.toString()) as LiveEvent).topics));
  return { socket, heard };
}
