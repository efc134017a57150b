import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { limits } from "../../../protocol/limits.ts";
import { endInGatewayLog } from "../../story/parts/gateway-log.ts";
import { endInJournal } from "../../story/parts/journal.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { readLog } from "../../world/log.ts";
import type { Person } from "../../world/person.ts";
import type { Connection, Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

/** A lease, the round in which its lapse is seen, and time for a busy machine. */
const lapseMs = limits.leaseMs + 2 * limits.leaseRenewMs + 5_000;

interface Scene {
  readonly device: Device;
  readonly world: QuickWorld;
  readonly sato: Technician;
  readonly yamada: Person;
  readonly connection: Connection;
  readonly echo: Echo;
}

/** A part dies and does not come back in time: nobody can tell the others, so the lease has to. */
describe.concurrent("a session whose lease can't be renewed ends by it", () => {
  const scenes: Scene[] = [];

  beforeAll(async () => {
    for (let count = 0; count < 3; count++) scenes.push(await set());
  });

  afterAll(async () => {
    for (const { world, device } of scenes) {
      await world.stop();
      await device.stop();
    }
  });

  const scene = (index: number): Scene => {
    const found = scenes[index];
    if (!found) throw new Error("The scene was not set.");
    return found;
  };

  test("when the agent is gone for good: no session is shown as live, and the client is cut at once", async () => {
    const { world, connection, echo, yamada, device } = scene(0);
    await world.parts.agent.crash();
    expect(await echo.closed).toBe("reset");
    const reason = await endShown(yamada, connection);
    expect(reason).toBe("lease-lost");
    expect(await world.liveSessions()).toEqual([]);
    expect(endInGatewayLog(world.parts, connection.session)).toBe("lease-lost");
    await until("sockets closed at the device", 5_000, () => device.connections === 0);
    const direct = new Echo(device.port);
    await direct.say("untouched");
    direct.destroy();
  });

  test("when the gateway is gone for good: the staff still see it end, and the agent serves it no more", async () => {
    const { world, connection, echo, yamada, device } = scene(1);
    await world.parts.gateway.crash();
    expect(await echo.closed).toBe("reset");
    expect(await endShown(yamada, connection)).toBe("lease-lost");
    expect(await world.liveSessions()).toEqual([]);
    const told = await until("end in the journal", lapseMs, () => endInJournal(world.parts, connection.session));
    // It was renewed until the end, so it was not the lease.
    expect(told).toBe("gateway-lost");
    await until("sockets closed at the device", 5_000, () => device.connections === 0);
  });

  test("when the authority is away for longer: both cut by themselves, and tell it why when it is back", async () => {
    const { world, connection, echo, sato, yamada, device } = scene(2);
    await world.parts.authority.crash();
    expect(await echo.closed).toBe("reset");
    const at = (end: () => string | undefined) => until("end by the lease", lapseMs, end);
    expect(await at(() => endInJournal(world.parts, connection.session))).toBe("lease-lost");
    expect(await at(() => endInGatewayLog(world.parts, connection.session))).toBe("lease-lost");
    expect(device.connections).toBe(0);
    await world.begin("authority");
    expect(await endShown(sato, connection)).toBe("lease-lost");
    await until("recording told to the authority", 20_000, () => world.recordings().length === 0);
    const { entries } = await yamada.get<{ entries: { kind: string; up: number }[] }>(
      `/api/sessions/${connection.session}/entries`,
    );
    expect(entries).toMatchObject([{ kind: "tcp", up: "before".length }]);
    const log = await readLog(yamada, world.register.fingerprints.logKey);
    expect(log.verdict).toMatchObject({ ok: true });
    const ends = log.records.filter(({ action }) => action === "session.end");
    expect(ends.map(({ subjects, reasons }) => [subjects.session, ...reasons])).toEqual([
      [connection.session, "lease-lost"],
    ]);
  });
});

async function set(): Promise<Scene> {
  const device = await Device.start();
  const world = await QuickWorld.start({ devices: [{ name: "echo", protocol: "tcp", port: device.port }] });
  const sato = await world.technician();
  const grant: GrantView = await world.grant(sato, await world.staff("tanaka"), "echo");
  const connection = await sato.connect(grant);
  const echo = new Echo(connection.tunnel.port);
  await echo.say("before");
  return { device, world, sato, yamada: await world.staff("yamada"), connection, echo };
}

/** The reason that the authority shows, once it shows an end. */
function endShown(person: Person, { session }: Connection): Promise<string | null> {
  return until("end shown", lapseMs, async () => {
    const answer = await person.ask<SessionView>("GET", `/api/sessions/${session}`).catch(() => null);
    return answer?.status === 200 && answer.body.state === "ended" ? answer.body.reason : undefined;
  });
}
