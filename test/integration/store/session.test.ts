import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { LiveEvent } from "../../../protocol/api/oversight.ts";
import type { GrantView } from "../../../protocol/api/request.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { Servers } from "../../parts/servers.ts";
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

let folder: string;
let servers: Servers;
let device: Device;
let world: QuickWorld;
let sato: Technician;
let tanaka: Person;
let yamada: Person;
let grant: GrantView;
const acknowledged: Acknowledged[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "genkan-servers-"));
  servers = await Servers.start(folder, { store: true, bus: true });
  device = await Device.start();
  world = await QuickWorld.start({
    devices: [{ name: "echo", protocol: "tcp", port: device.port }],
    servers: servers.files,
  });
  sato = await world.technician();
  [tanaka, yamada] = [await world.staff("tanaka"), await world.staff("yamada")];
  grant = await world.grant(sato, tanaka, "echo");
  acknowledged.push({ action: "request.approve", subject: grant.id });
});

afterAll(async () => {
  await world?.stop();
  await device?.stop();
  await servers?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function begin(): Promise<{ connection: Connection; echo: Echo }> {
  const connection = await sato.connect(grant);
  acknowledged.push({ action: "session.admit", subject: connection.session });
  const echo = new Echo(connection.tunnel.port);
  await echo.say("before");
  return { connection, echo };
}

/** Both sides cut by themselves; the authority could tell neither. */
async function cutByLease({ connection, echo }: { connection: Connection; echo: Echo }): Promise<void> {
  expect(await echo.closed).toBe("reset");
  const at = (end: () => string | undefined) => until("end by the lease", lapseMs, end);
  expect(await at(() => endInJournal(world.parts, connection.session))).toBe("lease-lost");
  expect(await at(() => endInGatewayLog(world.parts, connection.session))).toBe("lease-lost");
  await until("sockets closed at the device", 5_000, () => device.connections === 0);
}

/** Everything goes on by itself: what ended is shown as ended, and a new session begins. */
async function goesOn(ended: Connection): Promise<void> {
  const shown = await until("end shown", lapseMs, async () => {
    const answer = await sato.ask<SessionView>("GET", `/api/sessions/${ended.session}`).catch(() => null);
    return answer?.status === 200 && answer.body.state === "ended" ? answer.body.reason : undefined;
  });
  expect(shown).toBe("lease-lost");
  const again = await begin();
  await again.echo.say("after");
  await yamada.post(`/api/sessions/${again.connection.session}/end`, { reason: "enough" });
  expect(await again.echo.closed).toBe("reset");
  const live = () => world.liveSessions();
  await until("no session shown as live", lapseMs, async () => (await live()).length === 0);
}

describe("with PostgreSQL and Redis in mid-session", () => {
  it("a store that was stopped starts no session; live ones end by their lease; it goes on by itself", async () => {
    const session = await begin();
    const pid = world.parts.authority.pid;
    await servers.postgres?.stop();
    const opened = { grant: grant.id, service: grant.services[0]?.id, client: "native", clientKey: "A".repeat(43) };
    expect(await sato.refused("POST", "/api/sessions", opened)).toBe("store-unavailable");
    expect(await sato.refused("GET", "/api/grants")).toBe("store-unavailable");
    // The line that is open goes on for as long as its lease does.
    await session.echo.say("still");
    await cutByLease(session);
    await servers.postgres?.begin();
    await goesOn(session.connection);
    expect(world.parts.authority.pid).toBe(pid);
  });

  it("a store that stands still does the same, and answers nobody late", async () => {
    const session = await begin();
    servers.postgres?.pause();
    const began = performance.now();
    expect(await sato.refused("GET", "/api/grants")).toBe("store-unavailable");
    expect(performance.now() - began).toBeLessThan(limits.storeConnectMs + limits.storeReplyMs + 2_000);
    await cutByLease(session);
    servers.postgres?.resume();
    await goesOn(session.connection);
  });

  it("a store that is away for less than a lease costs a live session nothing", async () => {
    const { connection, echo } = await begin();
    await servers.postgres?.crash();
    await sleep(2_000);
    await servers.postgres?.begin();
    for (const until_ = performance.now() + limits.leaseMs + 2_000; performance.now() < until_; await sleep(1_000))
      await echo.say("still here");
    expect((await sato.get<SessionView>(`/api/sessions/${connection.session}`)).state).toBe("live");
    echo.destroy();
    await yamada.post(`/api/sessions/${connection.session}/end`, { reason: "enough" });
  });

  it("a bus that is away costs nothing: sessions begin, pages hear of it, cuts cut", async () => {
    const events: string[] = [];
    const socket = watch(yamada, (event) => events.push(...event.topics));
    await new Promise((resolve) => socket.once("open", resolve));
    await servers.redis?.crash();
    try {
      const { connection, echo } = await begin();
      await until("word of the session", 3_000, () => events.includes("sessions"));
      await yamada.post(`/api/sessions/${connection.session}/end`, { reason: "enough" });
      expect(await echo.closed).toBe("reset");
    } finally {
      await servers.redis?.begin();
      socket.terminate();
    }
  });

  it("a command beside the authority is heard of by its pages, over the bus", async () => {
    const events: string[] = [];
    const socket = watch(yamada, (event) => events.push(...event.topics));
    await new Promise((resolve) => socket.once("open", resolve));
    await sleep(limits.eventsGatherMs * 2 + 500);
    events.length = 0;
    await world.parts.askAuthority("agent token", { "--site": "first" });
    await until("word of the command", limits.redialMs + 3_000, () => events.includes("audit"));
    socket.terminate();
  });

  it("nothing that was acknowledged is lost, the log verifies, and no log of a program has a password", async () => {
    const log = await until("whole log", 10_000, async () => {
      const read = await readLog(yamada, world.register.fingerprints.logKey);
      return missingFrom(read.records, acknowledged).length === 0 && read;
    });
    expect(log.verdict).toMatchObject({ ok: true });
    for (const program of world.parts.programs) {
      if (program.running) expect(readFileSync(program.logFile, "utf8")).not.toMatch(/correct-horse|wrong-mule/);
    }
    const authority = readFileSync(world.parts.authority.logFile, "utf8");
    expect(authority).toContain("leases could not be renewed");
    expect(authority).toContain("is away");
  });
});

function watch(person: Person, hear: (event: LiveEvent) => void): WebSocket {
  const { port, host } = new URL(person.origin);
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/events`, {
    headers: { host, origin: person.origin, cookie: `__Host-genkan=${person.cookie ?? ""}` },
  });
  socket.on("message", (data: Buffer) => hear(JSON.parse(data.toString()) as LiveEvent));
  socket.on("error", () => {});
  return socket;
}
