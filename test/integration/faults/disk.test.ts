import { readdirSync, readFileSync } from "node:fs";
import type { Static } from "typebox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { RequestList } from "../../../protocol/api/request.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { type Acknowledged, missingFrom, readLog } from "../../world/log.ts";
import type { Person } from "../../world/person.ts";
import { SmallDisk } from "../../world/small-disk.ts";
import { type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const mebibyte = 1_048_576;
const hourMs = 3_600_000;

describe("a full disk of the authority", () => {
  const acknowledged: Acknowledged[] = [];
  let device: Device;
  let world: QuickWorld;
  let disk: SmallDisk;
  let sato: Technician;
  let tanaka: Person;
  let yamada: Person;
  let grant: GrantView;

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({
      devices: [{ name: "echo", protocol: "tcp", port: device.port }],
      without: ["authority", "agent"],
    });
    disk = await SmallDisk.start(world.parts.folders.authority, 8 * mebibyte);
    world.put("authority", disk.program(world.parts.authority));
    await world.begin("authority", "agent");
    sato = await world.technician();
    tanaka = await world.staff("tanaka");
    yamada = await world.staff("yamada");
    grant = await world.grant(sato, tanaka, "echo");
    acknowledged.push({ action: "request.approve", subject: grant.id });
  });

  afterAll(async () => {
    await world?.stop();
    disk?.stop();
    await device?.stop();
  });

  const ask = async () => sato.ask<{ id: string; code: string }>("POST", "/api/requests", await wish());
  const wish = async () => {
    const request = await sato.wish(world.device("echo"), [windowFromNow(0, hourMs)]);
    return { request: await sato.sign({ ...request, plan: "x".repeat(3_000) }) };
  };

  test("is one clear code for whatever must be written; what is written by then stays, whole", async () => {
    const begun = await ask();
    expect(begun.status).toBe(201);
    acknowledged.push({ action: "request.create", subject: begun.body.id });
    const connection = await sato.connect(grant);
    acknowledged.push({ action: "session.admit", subject: connection.session });
    const echo = new Echo(connection.tunnel.port);
    await echo.say("before");

    disk.fill();
    // The write-ahead log may have room of its own left: what it still takes is kept as well.
    const refused = await until("refusal", 20_000, async () => {
      const answer = await ask();
      if (answer.status !== 201) return answer;
      acknowledged.push({ action: "request.create", subject: answer.body.id });
      return undefined;
    });
    expect(refused).toMatchObject({ status: 503, body: { code: "store-unavailable" } });
    await echo.say("the session goes on");
    expect(await sato.refused("POST", "/api/requests", await wish())).toBe("store-unavailable");
    expect(await yamada.refused("POST", `/api/requests/${begun.body.id}/denial`, { reason: "no" })).not.toBe(
      "internal",
    );
    expect(await sato.refused("POST", "/api/sessions", { ...opened(grant) })).toBe("store-unavailable");

    // Who looks is not written down either, and yet sees; who cuts, cuts.
    const { state } = await yamada.get<SessionView>(`/api/sessions/${connection.session}`);
    expect(state).toBe("live");
    expect(await yamada.refused("POST", `/api/sessions/${connection.session}/end`, { reason: null })).toBe(
      "store-unavailable",
    );
    expect(await echo.closed).toBe("reset");
    await until("sockets closed at the device", 5_000, () => device.connections === 0);
  });

  test("is over when there is space again, without a restart; nothing acknowledged is lost", async () => {
    disk.free();
    const again = await until("request", 10_000, async () => {
      const answer = await ask();
      return answer.status === 201 && answer.body;
    });
    acknowledged.push({ action: "request.create", subject: again.id });
    await until("end of every session", 20_000, async () => {
      const { sessions } = await yamada.get<{ sessions: SessionView[] }>("/api/sessions");
      return sessions.every((session) => session.state === "ended" && session.reason !== null);
    });
    const { requests } = await sato.get<Static<typeof RequestList>>("/api/requests");
    const created = acknowledged.filter(({ action }) => action === "request.create").map(({ subject }) => subject);
    expect(requests.map(({ id }) => id).sort()).toEqual([...created, grant.request].sort());
    const log = await readLog(yamada, world.register.fingerprints.logKey);
    expect(log.verdict).toMatchObject({ ok: true });
    expect(missingFrom(log.records, acknowledged)).toEqual([]);
  });

  test("survives a power cut: it starts without space too, lets people look, and goes on with space", async () => {
    disk.fill();
    await until("refusal", 20_000, async () => (await ask()).status !== 201);
    await world.parts.authority.crash();
    await world.begin("authority");
    expect((await yamada.get<{ sessions: SessionView[] }>("/api/sessions")).sessions.length).toBeGreaterThan(0);
    expect(await sato.refused("POST", "/api/requests", await wish())).toBe("store-unavailable");
    disk.free();
    await until("request", 10_000, async () => (await ask()).status === 201);
    const log = await readLog(yamada, world.register.fingerprints.logKey);
    expect(log.verdict).toMatchObject({ ok: true });
    expect(missingFrom(log.records, acknowledged)).toEqual([]);
  });
});

describe("a full disk of the agent's host", () => {
  let device: Device;
  let world: QuickWorld;
  let disk: SmallDisk;
  let sato: Technician;
  let yamada: Person;
  let grant: GrantView;

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({
      devices: [{ name: "echo", protocol: "tcp", port: device.port }],
      without: ["agent"],
    });
    disk = await SmallDisk.start(world.parts.folders.agent, 2 * limits.recordRoomBytes);
    world.put("agent", disk.program(world.parts.agent));
    await world.begin("agent");
    sato = await world.technician();
    yamada = await world.staff("yamada");
    grant = await world.grant(sato, await world.staff("tanaka"), "echo");
  });

  afterAll(async () => {
    await world?.stop();
    disk?.stop();
    await device?.stop();
  });

  const recorderReady = async () => {
    const { agents } = await yamada.get<{ agents: { recorderReady: boolean }[] }>("/api/agents");
    return agents[0]?.recorderReady;
  };

  test("ends what can't be recorded any more, refuses what is new, and says which", async () => {
    const connection = await sato.connect(grant);
    const echo = new Echo(connection.tunnel.port);
    await echo.say("before");
    disk.fill();
    // The row of this connection is due when it closes, and can't be written.
    echo.destroy();
    const end = await until("end", 10_000, async () => {
      const view = await sato.get<SessionView>(`/api/sessions/${connection.session}`);
      return view.state === "ended" && view;
    });
    expect(end.reason).toBe("recorder-failed");
    expect(await sato.refused("POST", "/api/sessions", opened(grant))).toMatch(
      /^recorder-unavailable|recorder-not-ready/,
    );
    await until("recorder shown as not ready", limits.agentStatusMs + 5_000, async () => !(await recorderReady()));
    expect(await sato.refused("POST", "/api/sessions", opened(grant))).toBe("denied recorder-not-ready");
    expect(device.connections).toBe(0);
  });

  test("is over when there is space again, without a restart; no line of the journal is lost or spoilt", async () => {
    disk.free();
    await until("recorder shown as ready", 2 * limits.agentStatusMs + 5_000, recorderReady);
    const connection = await sato.connect(grant);
    const echo = new Echo(connection.tunnel.port);
    await echo.say("after");
    echo.destroy();
    await until("row of the recording", 10_000, async () => {
      const { entries } = await yamada.get<{ entries: object[] }>(`/api/sessions/${connection.session}/entries`);
      return entries.length === 1;
    });
    connection.tunnel.close();
    const lines = readFileSync(disk.path("journal.jsonl"), "utf8").split("\n");
    // A line that was cut short stands alone; every other one is whole.
    expect(lines.filter((line) => line !== "" && !isJson(line)).length).toBeLessThanOrEqual(1);
    expect(lines.some((line) => line.includes(connection.session) && line.includes('"admitted"'))).toBe(true);
    await until("end of the recordings", 20_000, () => {
      const names = readdirSync(disk.path("recordings"));
      return names.length === 0;
    });
  });
});

const opened = (grant: GrantView) => ({
  grant: grant.id,
  service: grant.services[0]?.id,
  client: "native",
  clientKey: "A".repeat(43),
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
