import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { AgentFile } from "../../../protocol/agent-file.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { NoNames } from "../../world/no-names.ts";
import { QuickWorld } from "../../world/world.ts";

const name = "gateway.hospital.example";

/** All programs run on hosts whose name servers are gone. */
describe("without name servers", () => {
  let device: Device;
  let world: QuickWorld;
  let names: NoNames;

  beforeAll(async () => {
    device = await Device.start();
    const devices = [{ name: "echo", protocol: "tcp", port: device.port }] as const;
    world = await QuickWorld.start({ devices, without: ["gateway", "authority", "agent"] });
    names = new NoNames(join(world.folder, "names"));
    for (const part of ["gateway", "authority", "agent"] as const) world.put(part, names.program(world.parts[part]));
    await world.begin("gateway", "authority", "agent");
  });
  afterAll(async () => {
    await world?.stop();
    await device?.stop();
  });

  test("everything works, for a gateway that is known by its address", async () => {
    const sato = await world.technician();
    const { tunnel } = await sato.connect(await world.grant(sato, await world.staff("tanaka"), "echo"));
    const echo = new Echo(tunnel.port);
    await echo.say("no name is asked for");
    echo.destroy();
    tunnel.close();
  });

  test("an agent that knows its gateway by name says so, and tries again until the name is there", async () => {
    const { agent, folders } = world.parts;
    await agent.stop();
    const file = join(folders.agent, "agent.json");
    const membership = JSON.parse(readFileSync(file, "utf8")) as AgentFile;
    const gateways = membership.gateways.map((gateway) => ({ ...gateway, host: name }));
    writeFileSync(file, JSON.stringify({ ...membership, gateways }), { mode: 0o600 });
    const said = agent.events.length;
    agent.start();
    const log = () => readFileSync(agent.logFile, "utf8");
    const complaints = () => log().split(`The name ${name} can't be resolved`).length - 1;
    await until("second complaint", 20_000, () => complaints() >= 2);
    expect(agent.events.slice(said)).not.toContainEqual({ event: "connected" });
    names.add(name, "127.0.0.1");
    await agent.waitFor("connected", 60_000, { since: said });
  });
});
