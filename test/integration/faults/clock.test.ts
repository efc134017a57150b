import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Agent } from "../../../agent/agent.ts";
import type { AgentEvent } from "../../../agent/event.ts";
import { readJoined } from "../../../agent/joined.ts";
import type { AgentView } from "../../../protocol/api/agent.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import type { Person } from "../../world/person.ts";
import { type Technician, windowFromNow } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

const minuteMs = 60_000;

/** The agent's host has a clock of its own; it alone decides whether a window is open. */
describe("an agent's clock that is wrong", () => {
  let device: Device;
  let world: QuickWorld;
  let sato: Technician;
  let yamada: Person;
  let grant: GrantView;
  let agent: Agent | undefined;
  let told: AgentEvent[] = [];

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({
      devices: [{ name: "echo", protocol: "tcp", port: device.port }],
      without: ["agent"],
    });
    sato = await world.technician();
    yamada = await world.staff("yamada");
    // Open by either clock.
    const window = windowFromNow(-10 * minuteMs, 60 * minuteMs);
    grant = await world.grant(sato, await world.staff("tanaka"), "echo", window);
  });

  afterEach(() => agent?.stop());
  afterAll(async () => {
    await world?.stop();
    await device?.stop();
  });

  async function withClock(offMs: number): Promise<AgentView> {
    const { folders } = world.parts;
    told = [];
    agent = new Agent({
      folder: folders.agent,
      joined: readJoined(folders.agent),
      allow: folders.allowFile,
      log: silentProgramLog,
      emit: (event) => told.push(event),
      now: () => new Date(Date.now() + offMs),
      monotonic: () => performance.now(),
    });
    await until("agent", 10_000, () => told.some(({ event }) => event === "connected"));
    const { agents } = await yamada.get<{ agents: AgentView[] }>("/api/agents");
    const [view] = agents.filter(({ connected }) => connected);
    if (!view) throw new Error("The agent is not shown as connected.");
    return view;
  }

  test.each([1, -1])("by %i minute works, and is shown", async (minutes) => {
    const { clockSkewMs } = await withClock(minutes * minuteMs);
    expect(Math.abs((clockSkewMs ?? 0) - minutes * minuteMs)).toBeLessThan(10_000);
    const { tunnel } = await sato.connect(grant);
    const echo = new Echo(tunnel.port);
    await echo.say("in time");
    echo.destroy();
    tunnel.close();
  });

  test.each([5, -5])("by %i minutes is refused with a code of its own, and shown", async (minutes) => {
    const { clockSkewMs } = await withClock(minutes * minuteMs);
    expect(Math.abs((clockSkewMs ?? 0) - minutes * minuteMs)).toBeLessThan(10_000);
    const before = device.taken;
    const body = { grant: grant.id, service: grant.services[0]?.id, client: "native", clientKey: "A".repeat(43) };
    expect(await sato.refused("POST", "/api/sessions", body)).toBe("clock-skew");
    expect(told).toContainEqual({ event: "session-refused", session: null, code: "clock-skew" });
    expect(await world.liveSessions()).toEqual([]);
    expect(device.taken).toBe(before);
  });
});
