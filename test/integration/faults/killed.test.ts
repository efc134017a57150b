import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { sleep, until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { type Acknowledged, lastCheckpoint, missingFrom, readLog } from "../../world/log.ts";
import type { Person } from "../../world/person.ts";
import { connectionsOf } from "../../world/proc.ts";
import type { Connection, Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

type Part = "gateway" | "authority" | "agent";

/** Programs die as in a power cut, while sessions are in use, and start again. */
describe("after a SIGKILL in the middle of sessions", () => {
  const acknowledged: Acknowledged[] = [];
  let kept: string | undefined;
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let yamada: Person;
  let grant: GrantView;

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
    sato = await world.technician();
    yamada = await world.staff("yamada");
    grant = await world.grant(sato, await world.staff("tanaka"), "echo");
    acknowledged.push({ action: "request.approve", subject: grant.id });
  });

  afterAll(async () => {
    await world?.stop();
    await device?.stop();
  });

  async function use(): Promise<{ connection: Connection; echo: Echo }> {
    const connection = await sato.connect(grant);
    acknowledged.push({ action: "session.admit", subject: connection.session });
    const echo = new Echo(connection.tunnel.port);
    await echo.say("before");
    return { connection, echo };
  }

  async function killAndRestart(...parts: Part[]): Promise<void> {
    await Promise.all(parts.map((part) => world.parts[part].crash()));
    await sleep(200);
    await world.begin(...parts);
    // Whoever was left standing finds the others again by itself.
    await until("parts that are connected again", 20_000, () => world.reunited(yamada));
  }

  const ended = (session: string) =>
    until(`end of ${session}`, 20_000, async () => {
      const view = await sato.get<SessionView>(`/api/sessions/${session}`);
      return view.state === "ended" && view;
    });

  /** Nothing is shown as live, served, recorded or held open at the device any more; and nothing was lost. */
  async function nothingIsLeft(): Promise<void> {
    expect(await world.liveSessions()).toEqual([]);
    await until("recordings told to the authority", 20_000, () => world.recordings().length === 0);
    const toDevice = connectionsOf(world.parts.agent.pid ?? 0).filter(({ remotePort }) => remotePort === device.port);
    expect(toDevice).toEqual([]);
    await until("sockets closed at the device", 5_000, () => device.connections === 0);
    const log = await readLog(yamada, world.register.fingerprints.logKey, kept);
    expect(log.verdict).toMatchObject({ ok: true });
    expect(missingFrom(log.records, acknowledged)).toEqual([]);
    kept = lastCheckpoint(log.text);
  }

  async function theDeviceStillServes(): Promise<void> {
    const direct = new Echo(device.port);
    await direct.say("untouched");
    direct.destroy();
  }

  test.each([
    { parts: ["agent"], reason: ["agent-lost"] },
    { parts: ["gateway"], reason: ["gateway-lost"] },
    // Whichever comes back first is asked first.
    { parts: ["gateway", "authority", "agent"], reason: ["gateway-lost", "agent-lost"] },
  ] satisfies { parts: Part[]; reason: string[] }[])(
    "of $parts its sessions have ended everywhere, for that reason, and new ones begin",
    async ({ parts, reason }) => {
      const used = await Promise.all([use(), use(), use()]);
      expect(device.connections).toBe(3);
      await killAndRestart(...parts);
      for (const { connection, echo } of used) {
        expect(reason).toContain((await ended(connection.session)).reason);
        expect(await echo.closed).toBe("reset");
        acknowledged.push({ action: "session.end", subject: connection.session });
      }
      await nothingIsLeft();
      await theDeviceStillServes();
      const again = await use();
      expect(await world.liveSessions()).toEqual([again.connection.session]);
      again.connection.tunnel.close();
      expect((await ended(again.connection.session)).reason).toBe("ended-by-technician");
      await nothingIsLeft();
    },
  );

  test("of the authority its sessions go on, for their lease still runs when it is back", async () => {
    const { connection, echo } = await use();
    await world.parts.authority.crash();
    await echo.say("while it is away");
    await world.begin("authority");
    await echo.say("when it is back");
    expect(await world.liveSessions()).toEqual([connection.session]);
    expect(world.recordings()).toEqual([connection.session]);
    await until("agent at the new authority", 10_000, () => world.reunited(yamada));
    const end = await sato.post<SessionView>(`/api/sessions/${connection.session}/end`, { reason: null });
    expect(end.reason).toBe("ended-by-technician");
    acknowledged.push({ action: "session.end", subject: connection.session });
    expect(await echo.closed).toBe("reset");
    await nothingIsLeft();
  });

  test("of the authority again and again a session goes on beyond a lease, for each return renews it at once", async () => {
    const { connection, echo } = await use();
    const due = performance.now() + limits.leaseMs + 3_000;
    while (performance.now() < due) {
      await world.parts.authority.crash();
      await world.begin("authority");
      await until("parts that are connected again", 10_000, () => world.reunited(yamada));
      // The lease is on its way.
      await sleep(300);
      await echo.say("still here");
    }
    expect(await world.liveSessions()).toEqual([connection.session]);
    connection.tunnel.close();
    expect((await ended(connection.session)).reason).toBe("ended-by-technician");
    await nothingIsLeft();
  });
});
