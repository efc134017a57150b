import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import ssh2 from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dialAuthority } from "../../../agent/control.ts";
import type { ProgramKey } from "../../../crypto/program-key.ts";
import { parseFingerprint } from "../../../crypto/thumbprint.ts";
import { readKeyFile } from "../../../gateway/key-file.ts";
import type { Handlers } from "../../../link/control-link.ts";
import type { agentOrders } from "../../../protocol/agent-control.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { agentsName } from "../../../protocol/wire-name.ts";
import type { SampleDevice } from "../../../sample/device.ts";
import { startVitalMonitor } from "../../../sample/vital-monitor.ts";
import { asPin } from "../../brand.ts";
import { patienceMs } from "../../patience.ts";
import { reported } from "../../reported.ts";
import { StandInGateway } from "../../stand-in/gateway.ts";
import type { Tamper, Way } from "../../stand-in/passed.ts";
import { endInJournal } from "../../story/parts/journal.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { readLog } from "../../world/log.ts";
import type { Person } from "../../world/person.ts";
import { type Connection, type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const hourMs = 3_600_000;
const soonMs = 15_000;

/** Whoever owns the gateway's host has its key and its folder, and takes its place at its very port. */
describe("a gateway in the real one's place", () => {
  let device: Device;
  let monitor: SampleDevice;
  let folder: string;
  let world: QuickWorld;
  let standIn: StandInGateway;
  let programKey: ProgramKey;
  let sato: Technician;
  let tanaka: Person;
  let yamada: Person;
  /** All that the device was ever sent. */
  let reached = "";

  beforeAll(async () => {
    device = await Device.start((socket) => {
      socket.on("data", (bytes: Buffer) => {
        reached += bytes.toString("latin1");
        socket.write(bytes);
      });
    });
    folder = mkdtempSync(join(tmpdir(), "genkan-monitor-"));
    monitor = await startVitalMonitor({ host: "127.0.0.1", port: 0, folder, password: "service" });
    world = await QuickWorld.start({
      devices: [
        { name: "echo", protocol: "tcp", port: device.port },
        { name: "monitor", protocol: "ssh", port: monitor.port },
      ],
    });
    const { gateway, authority, agent, folders, ports } = world.parts;
    const since = [authority.events.length, agent.events.length] as const;
    await gateway.stop();
    programKey = await readKeyFile(folders.gateway);
    standIn = await StandInGateway.start(folders.gateway, ports.public);
    await authority.waitFor("gateway-connected", 60_000, { since: since[0] });
    await agent.waitFor("connected", 60_000, { since: since[1] });
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    yamada = await world.staff("yamada");
  });

  afterAll(async () => {
    standIn?.stop();
    await world?.stop();
    await device?.stop();
    await monitor?.close();
    rmSync(folder, { recursive: true });
  });

  async function opened(window = windowFromNow(-60_000, hourMs)): Promise<Connection & { echo: Echo; host: string }> {
    const connection = await sato.connect(await world.grant(sato, tanaka, "echo", window));
    return { ...connection, host: connection.ticket.host, echo: new Echo(connection.tunnel.port) };
  }
  const view = (session: Id<"session">) => yamada.get<SessionView>(`/api/sessions/${session}`);
  const endOf = (session: Id<"session">) => until("end", soonMs, () => endInJournal(world.parts, session));

  test("sees server names and sizes, and what is said in neither direction", async () => {
    const { host, echo } = await opened();
    const marker = "marker-of-a-session-4711 ".repeat(40);
    await echo.say(marker);
    echo.destroy();
    for (const way of ["up", "down"] as const)
      expect(standIn.passed.bytes(host, way).length).toBeGreaterThan(marker.length);
    expect(reached).toContain(marker);
    expect(standIn.passed.seen("marker-of-a-session-4711")).toEqual([]);
    // Nor what authority and agent tell each other through it: orders, tickets, grants.
    expect(standIn.passed.bytes(agentsName, "down").length).toBeGreaterThan(0);
    expect(standIn.passed.seen("session.admit")).toEqual([]);
    // The demo's plain http is another matter, and shows that what passes in clear would have been seen.
    expect(standIn.passed.seen(sato.cookie ?? "")).toContain("up portal.localhost");
  });

  test("sees of ssh not even that it is ssh", async () => {
    const { ticket, tunnel } = await sato.connect(await world.grant(sato, tanaka, "monitor"));
    const client = new ssh2.Client();
    let shown = "";
    client.once("ready", () =>
      client.shell((error, channel) => {
        if (error) throw error;
        channel.on("data", (data: Buffer) => (shown += data.toString()));
        channel.write("help\r");
      }),
    );
    client.connect({ host: "127.0.0.1", port: tunnel.port, username: "service", password: "service" });
    await until("the shell's answer", soonMs, () => shown.includes("help") && shown.includes("\n"));
    client.destroy();
    for (const way of ["up", "down"] as const)
      expect(standIn.passed.bytes(ticket.host, way).length).toBeGreaterThan(500);
    for (const clear of ["SSH-2.0", "ssh-ed25519", "aes256-gcm"]) expect(standIn.passed.seen(clear)).toEqual([]);
  });

  test("opens no device on a leg that the agent dialled: not with its own key, a copy of what passed, or noise", async () => {
    const { host, echo, session } = await opened();
    await echo.say("first");
    const before = device.taken;
    const seen = standIn.passed.bytes(host, "up");
    const own = await standIn.leg(host);
    const key = programKey.privateKey.export({ type: "pkcs8", format: "pem" });
    const tls = connectTls({
      socket: own.tls,
      servername: host,
      key,
      cert: programKey.certificate,
      rejectUnauthorized: false,
    });
    const said: Buffer[] = [];
    tls.on("data", (bytes: Buffer) => said.push(bytes)).on("error", () => {});
    await new Promise((resolve) => own.raw.once("close", resolve));
    expect(said).toEqual([]);
    for (const bytes of [seen, Buffer.from("GET / HTTP/1.1\r\n\r\n")]) {
      const leg = await standIn.leg(host);
      leg.tls.on("error", () => {}).write(bytes);
      await new Promise((resolve) => leg.raw.once("close", resolve));
    }
    expect(device.taken).toBe(before);
    const refused = await until("rows", soonMs, async () => {
      const { entries } = await yamada.get<{ entries: { kind: string; code?: string }[] }>(
        `/api/sessions/${session}/entries`,
      );
      const codes = entries.flatMap(({ kind, code }) => (kind === "refusal" ? [code] : []));
      return codes.length === 3 && codes;
    });
    expect(refused).toContain("peer-key-mismatch");
    await echo.say("and the session goes on");
    echo.destroy();
  });

  /** Answers those who come for such a name by itself while `act` runs; returns what they said to it. */
  async function impersonating(name: (name: string) => boolean, act: () => Promise<unknown>): Promise<string[]> {
    const before = standIn.answered.length;
    standIn.impersonates = name;
    try {
      await act();
      await until("answer", soonMs, () => standIn.answered.length > before);
    } finally {
      standIn.impersonates = () => false;
    }
    return standIn.answered.slice(before);
  }
  /** Of a handshake that the other side broke off: before its end, or right after it. */
  const nothing = /^(link-closed|0 bytes)$/;

  test("is no agent: the technician's terminal breaks off before it has said anything", async () => {
    const grant = await world.grant(sato, tanaka, "echo");
    const said = await impersonating(
      (name) => name.endsWith(".link.genkan.internal"),
      () => expect(sato.connect(grant)).rejects.toMatchObject({ code: "peer-key-mismatch" }),
    );
    for (const one of said) expect(one).toMatch(nothing);
  });

  test("is no authority: the agent breaks off before it has said or heard anything", async () => {
    const { agent } = world.parts;
    const since = agent.events.length;
    const said = await impersonating(
      (name) => name === agentsName,
      async () => {
        standIn.drop(agentsName);
        await agent.waitFor("disconnected", soonMs, { since });
        const tries = standIn.answered.length + 2;
        await until("two tries", soonMs, () => standIn.answered.length >= tries);
        expect(agent.events.slice(since).map(({ event }) => event)).not.toContain("connected");
      },
    );
    for (const one of said) expect(one).toMatch(nothing);
    await agent.waitFor("connected", 60_000, { since });
  });

  test("is not an agent to the authority either: its key has joined no site", async () => {
    const { ports } = world.parts;
    const authorityKey = parseFingerprint(world.parts.fingerprints.authority);
    const { link } = await dialAuthority({
      address: { gateways: [{ host: "127.0.0.1", port: ports.public }], authorityKey },
      programKey,
      handlers: {} as Handlers<typeof agentOrders>,
      log: silentProgramLog,
    });
    const hello = {
      clock: new Date().toISOString(),
      recorder: true,
      report: reported,
      trust: null,
      gateways: [asPin("A".repeat(43))],
      sessions: [],
    };
    await expect(link.request("hello", hello)).rejects.toMatchObject({ code: "join-refused" });
    link.close();
  });

  const flip: Tamper = (chunk) => [Buffer.from(chunk.map((byte, at) => (at === chunk.length - 1 ? byte ^ 1 : byte)))];
  const faults: [string, Way, Tamper][] = [
    ["a bit on the way to the device", "up", flip],
    ["a bit on the way back", "down", flip],
    ["the order, by saying the same twice", "up", (chunk) => [chunk, chunk]],
    ["the answer, by saying it twice", "down", (chunk) => [chunk, chunk]],
    ["what is said into something of its own", "up", (chunk) => [Buffer.alloc(chunk.length, 23)]],
  ];
  test.each(faults)("changes nothing unseen: %s", async (_what, way, tamper) => {
    const { echo, host, session, tunnel } = await opened();
    await echo.say("untouched.");
    const from = reached.length;
    standIn.passed.change(host, way, tamper);
    echo.socket.write("once only.");
    expect(await echo.closed).toBe("reset");
    expect((await tunnel.ended).error).toBeDefined();
    await endOf(session);
    // What was said once arrives once, or not at all.
    expect(["", "once only."]).toContain(reached.slice(from));
    expect(["untouched.", "untouched.once only."]).toContain(echo.received.toString());
  });

  test("keeps no session that was cut, though it obeys no order", async () => {
    const { echo, session } = await opened();
    await echo.say("still here");
    await yamada.post(`/api/sessions/${session}/end`, { reason: null });
    expect(await echo.closed).toBe("reset");
    expect(standIn.orders).toContainEqual({ type: "session.cut", body: { session, reason: "ended-by-staff" } });
    expect(await endOf(session)).toBe("ended-by-staff");
  });

  test("tells no counts, and ends a session only in its own name", async () => {
    const { echo, session } = await opened();
    await echo.say("counted");
    await until("counts", soonMs, async () => (await view(session)).counts.up === 7);
    await standIn.link.request("session.ended", { session, reason: "revoked" });
    expect(await echo.closed).toBe("reset");
    const ended = await view(session);
    expect([ended.state, ended.endedBy, ended.counts.up]).toEqual(["ended", null, 7]);
    const { verdict, records } = await readLog(yamada, world.parts.fingerprints.logKey);
    expect(verdict).toMatchObject({ ok: true });
    const told = records.filter(({ action, subjects }) => action === "session.end" && subjects.session === session);
    const id = await world.rows((db) => db.selectFrom("gateway").select("id").executeTakeFirstOrThrow());
    expect(told).toMatchObject([{ actor: { kind: "system" }, facts: { toldBy: id.id } }]);
    // What is over stays as it ended.
    await standIn.link.request("session.ended", { session, reason: "locked" });
    expect((await view(session)).reason).toBe(ended.reason);
  });

  // Last: it stops the authority.
  test("keeps no session beyond its window or its lease: the agent cuts both by itself", async () => {
    const lastsMs = 6_000;
    const long = await opened();
    const short = await opened(windowFromNow(-60_000, 60_000 + lastsMs));
    await Promise.all([long.echo.say("for one lease"), short.echo.say("for six seconds")]);
    await world.parts.authority.stop();
    const stopped = performance.now();
    expect(await short.echo.closed).toBe("reset");
    expect(await endOf(short.session)).toBe("window-closed");
    await long.echo.say("the gateway still carries");
    expect(await long.echo.closed).toBe("reset");
    expect(performance.now() - stopped).toBeLessThan(limits.leaseMs + patienceMs);
    expect(await endOf(long.session)).toBe("lease-lost");
    expect(standIn.orders.filter(({ type }) => type === "session.cut").length).toBeGreaterThan(0);
  });
});
