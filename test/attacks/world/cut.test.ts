import { mkdtempSync, rmSync } from "node:fs";
import { createServer, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setAgentOn } from "../../../authority/agent.ts";
import { host } from "../../../authority/caller.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { Me } from "../../../protocol/api/me.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import type { EndReason } from "../../../protocol/end-reason.ts";
import { limits } from "../../../protocol/limits.ts";
import type { LockKind } from "../../../protocol/lock.ts";
import type { Id } from "../../../protocol/make-id.ts";
import type { SampleDevice } from "../../../sample/device.ts";
import { startVitalMonitor } from "../../../sample/vital-monitor.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { makeStore } from "../../../store/store.ts";
import { endInJournal } from "../../story/parts/journal.ts";
import { slackOf, sleep, until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import type { Person } from "../../world/person.ts";
import { type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const tickMs = 50;
/** A cut that is ordered arrives within this, on a machine that has time for it. */
const orderedMs = 2_000;

/** A live session in which bytes keep coming from its device. */
interface Flow {
  readonly protocol: string;
  readonly session: Id<"session">;
  bytes(): number;
  readonly over: Promise<void>;
}

describe("A9: of a live session", () => {
  const open = new Set<Socket>();
  let folder: string;
  let tcp: Device;
  let ssh: SampleDevice;
  let http: Server;
  let world: QuickWorld;
  let sato: Technician;
  let tanaka: Person;
  let yamada: Person;
  let grants: GrantView[];
  /** What the machine takes beside, as it was when the flows began. */
  let slackMs: number;

  beforeAll(async () => {
    tcp = await Device.start((socket) => {
      const timer = setInterval(() => socket.write("tick"), tickMs);
      socket.once("close", () => clearInterval(timer));
      socket.resume();
    });
    http = createServer((_, res: ServerResponse) => {
      const timer = setInterval(() => res.write("tick"), tickMs);
      res.once("close", () => clearInterval(timer));
    });
    http.on("connection", (socket) => {
      open.add(socket);
      socket.on("error", () => {}).once("close", () => open.delete(socket));
    });
    await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
    folder = mkdtempSync(join(tmpdir(), "genkan-monitor-"));
    ssh = await startVitalMonitor({ host: "127.0.0.1", port: 0, folder, password: "service" });
    world = await QuickWorld.start({
      devices: [
        { name: "tcp", protocol: "tcp", port: tcp.port },
        { name: "ssh", protocol: "ssh", port: ssh.port },
        { name: "http", protocol: "http", port: (http.address() as AddressInfo).port },
      ],
    });
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    yamada = await world.staff("yamada");
    grants = await granted();
  });

  afterAll(async () => {
    await world?.stop();
    await tcp?.stop();
    await ssh?.close();
    http?.closeAllConnections();
    http?.close();
    rmSync(folder, { recursive: true });
  });

  async function granted(window = windowFromNow(-60_000, 3_600_000)): Promise<GrantView[]> {
    const of = [];
    for (const name of ["tcp", "ssh", "http"]) of.push(await world.grant(sato, tanaka, name, window));
    return of;
  }

  /** One session of each protocol, with bytes coming. */
  async function flows(of: readonly GrantView[] = grants): Promise<Flow[]> {
    const [byTcp, bySsh, byHttp] = of as [GrantView, GrantView, GrantView];
    const all = await Promise.all([openTcp(sato, byTcp), openSsh(sato, bySsh), openHttp(sato, byHttp)]);
    for (const flow of all) await until(`bytes by ${flow.protocol}`, 5_000, () => flow.bytes() > 20);
    slackMs = await slackOf(() => sato.get("/api/me"));
    return all;
  }

  const agents = async () =>
    (await yamada.get<{ agents: { id: Id<"agent">; site: { id: string } }[] }>("/api/agents")).agents;

  const view = ({ session }: Flow) => sato.get<SessionView>(`/api/sessions/${session}`);

  /** No byte comes any more after that time, or what a busy machine makes of it, and each device has lost its connection. */
  async function stopped(all: readonly Flow[], withinMs: number): Promise<void> {
    const late = sleep(withinMs + slackMs, "late", { ref: false });
    for (const { over, protocol } of all)
      expect([protocol, await Promise.race([over.then(() => "over"), late])]).toEqual([protocol, "over"]);
    const before = all.map((flow) => flow.bytes());
    await sleep(4 * tickMs);
    expect(all.map((flow) => flow.bytes())).toEqual(before);
    await until("connections closed at the devices", 2_000, () => tcp.connections + open.size === 0);
  }

  async function ended(all: readonly Flow[], reason: EndReason): Promise<void> {
    for (const flow of all) {
      const shown = await until(`end of ${flow.protocol}`, 5_000, async () => {
        const { state, reason: why } = await view(flow);
        return state === "ended" && why;
      });
      expect([flow.protocol, shown]).toEqual([flow.protocol, reason]);
    }
  }

  test("tcp, ssh and http alike, the bytes stop within 2 s when its grant is revoked", async () => {
    const all = await flows();
    await Promise.all(grants.map(({ id }) => yamada.post(`/api/grants/${id}/revocation`, { reason: "x" })));
    await stopped(all, orderedMs);
    await ended(all, "revoked");
    grants = await granted();
  });

  test.each<[string, LockKind, () => string[] | Promise<string[]>]>([
    ["person", "person", () => [world.register.people.sato.id]],
    [
      "workstation",
      "workstation",
      async () => {
        const { workstations } = await sato.get<{ workstations: { id: string }[] }>("/api/workstations");
        return workstations.map(({ id }) => id);
      },
    ],
    [
      "vendor",
      "vendor",
      async () => {
        const { memberships } = await sato.get<Me>("/api/me");
        return memberships.flatMap(({ vendor }) => vendor?.id ?? []);
      },
    ],
    ["device", "device", () => [...world.register.devices.values()].map(({ id }) => id)],
    ["agent", "agent", async () => (await agents()).map(({ id }) => id)],
    ["site", "site", async () => (await agents()).map(({ site }) => site.id)],
    ["hospital's everything", "everything", () => []],
  ])("tcp, ssh and http alike, the bytes stop within 2 s when its %s is locked", async (_, kind, find) => {
    const all = await flows();
    const found = await find();
    const targets = kind === "everything" ? [null] : found;
    const locks = await Promise.all(
      targets.map((target) => yamada.post<{ id: string }>("/api/locks", { kind, target, reason: "x" })),
    );
    await stopped(all, orderedMs);
    await ended(all, "locked");
    for (const { id } of locks) await yamada.post(`/api/locks/${id}/lift`, { reason: "x" });
  });

  test("tcp, ssh and http alike, the bytes stop within 2 s of the end of its window", async () => {
    const lengthMs = 8_000;
    const short = await granted(windowFromNow(-1_000, lengthMs));
    const all = await flows(short);
    const left = Date.parse(short[0]?.windows[0]?.end ?? "") - Date.now();
    expect(left).toBeGreaterThan(0);
    await stopped(all, left + orderedMs);
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(short[0]?.windows[0]?.end ?? ""));
    await ended(all, "window-closed");
  });

  test("tcp, ssh and http alike, the bytes stop with the next renewal when its contract is over", async () => {
    const all = await flows();
    await world.rows(async (db) => {
      const before = await db.selectFrom("contract").selectAll().execute();
      await db.updateTable("contract").set({ ends_at: new Date().toISOString() }).execute();
      await db
        .updateTable("epoch")
        .set((eb) => ({ value: eb("value", "+", 1) }))
        .where("name", "=", "facts")
        .execute();
      await stopped(all, limits.leaseRenewMs + orderedMs);
      for (const { id, ends_at } of before)
        await db.updateTable("contract").set({ ends_at }).where("id", "=", id).execute();
    });
    await ended(all, "fact-changed");
  });

  test("tcp, ssh and http alike, the bytes stop with the next renewal when its agent is disabled on the authority's host", async () => {
    const all = await flows();
    const [agent] = await agents();
    const active = (on: boolean) =>
      world.rows((db) => setAgentOn(makeStore(db, inProcessBus()), agent?.id ?? "agt_", on, new Date(), host));
    await active(false);
    await stopped(all, limits.leaseRenewMs + orderedMs);
    await ended(all, "fact-changed");
    await active(true);
    // The agent knocks again by itself.
    await until("a session once it is enabled", 30_000, () => sato.connect(grants[0] as GrantView).catch(() => null));
  });

  test("tcp, ssh and http alike, the bytes stop with its lease when the authority is cut off and hears nothing", async () => {
    const all = await flows();
    world.parts.authority.kill("SIGSTOP");
    try {
      await stopped(all, limits.leaseMs + orderedMs);
      for (const { session } of all)
        expect(await until("end in the journal", 5_000, () => endInJournal(world.parts, session))).toBe("lease-lost");
    } finally {
      world.parts.authority.kill("SIGCONT");
    }
  });
});

async function openTcp(sato: Technician, grant: GrantView): Promise<Flow> {
  const { session, tunnel } = await sato.connect(grant);
  const socket = connect(tunnel.port, "127.0.0.1").on("error", () => {});
  socket.resume();
  const over = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return { protocol: "tcp", session, bytes: () => socket.bytesRead, over };
}

async function openSsh(sato: Technician, grant: GrantView): Promise<Flow> {
  const { session, tunnel } = await sato.connect(grant);
  const client = new ssh2.Client();
  let bytes = 0;
  const over = new Promise<void>((resolve) => client.once("close", () => resolve()));
  client.on("error", () => {});
  client.once("ready", () =>
    client.shell((error, channel) => {
      if (error) return;
      channel.on("data", (data: Buffer) => (bytes += data.length));
      // The shell echoes what is typed.
      const timer = setInterval(() => channel.write("help\r"), tickMs);
      client.once("close", () => clearInterval(timer));
    }),
  );
  client.connect({ host: "127.0.0.1", port: tunnel.port, username: "service", password: "service" });
  return { protocol: "ssh", session, bytes: () => bytes, over };
}

async function openHttp(sato: Technician, grant: GrantView): Promise<Flow> {
  const { session, origin, cookie } = await sato.enter(grant);
  const { host, port } = new URL(origin);
  let bytes = 0;
  const headers = { host, cookie: `__Host-genkan=${cookie}` };
  const sent = request({ host: "127.0.0.1", port, path: "/ticks", agent: false, headers });
  const over = new Promise<void>((resolve) => sent.once("close", () => resolve()));
  sent.on("error", () => {});
  sent.once("response", (response) => {
    response.on("error", () => {});
    response.on("data", (data: Buffer) => (bytes += data.length));
  });
  sent.end();
  return { protocol: "http", session, bytes: () => bytes, over };
}
