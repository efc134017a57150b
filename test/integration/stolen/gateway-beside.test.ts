import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore } from "../../../bin/authority/open.ts";
import { freePort } from "../../../bin/start/ports.ts";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { parseFingerprint } from "../../../crypto/thumbprint.ts";
import { createKeyFile } from "../../../gateway/key-file.ts";
import { dialControl, UpgradeCarrier } from "../../../link/carrier-upgrade.ts";
import type { SessionView } from "../../../protocol/api/session.ts";
import { putGateway } from "../../../store/gateway.ts";
import { asPin, asToken } from "../../brand.ts";
import { StandInGateway } from "../../stand-in/gateway.ts";
import { until } from "../../story/parts/wait.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { readLog } from "../../world/log.ts";
import type { Connection, Technician } from "../../world/technician.ts";
import { QuickWorld } from "../../world/world.ts";

/** One of several gateways is somebody else's. Its key is right, and the sessions are the other's. */
describe("a gateway beside an honest one", () => {
  let device: Device;
  let world: QuickWorld;
  let programKey: ProgramKey;
  let standIn: StandInGateway;
  /** The same, at the address of a third gateway, of which the authority knows another key. */
  let elsewhere: StandInGateway;
  let sato: Technician;
  let connection: Connection;
  let echo: Echo;

  beforeAll(async () => {
    device = await Device.start();
    world = await QuickWorld.start({
      devices: [{ name: "echo", protocol: "tcp", port: device.port }],
      without: ["authority", "agent"],
    });
    const folder = join(world.folder, "data", "gateway-2");
    programKey = await createKeyFile(folder);
    const ports = [await freePort(), await freePort()] as const;
    const { store } = await openStore(world.storeOptions, null);
    const add = (name: string, port: number, key: string) =>
      putGateway(store.db, { name, host: "127.0.0.1", port, key: asPin(key) });
    await add("gateway-2", ports[0], programKey.pin);
    await add("gateway-3", ports[1], createProgramKey().pin);
    await store.close();
    await world.begin("authority");
    await world.begin("agent");
    await world.parts.agent.waitFor("connected", 60_000);
    sato = await world.technician();
    connection = await sato.connect(await world.grant(sato, await world.staff("tanaka"), "echo"));
    echo = new Echo(connection.tunnel.port);
    await echo.say("through the honest one");
    standIn = await StandInGateway.start(folder, ports[0]);
    standIn.claims = [connection.session];
    elsewhere = await StandInGateway.start(folder, ports[1]);
    await until("control link", 30_000, () => standIn.connected);
  });

  afterAll(async () => {
    echo?.destroy();
    standIn?.stop();
    elsewhere?.stop();
    await world?.stop();
    await device?.stop();
  });

  const view = () => sato.get<SessionView>(`/api/sessions/${connection.session}`);

  test("claims another's session in vain: it alone is told that it has none", async () => {
    const { session } = connection;
    const cut = await until("order", 10_000, () => standIn.orders.find(({ type }) => type === "session.cut"));
    expect(cut.body).toEqual({ session, reason: "fact-changed" });
    expect((await view()).state).toBe("live");
    await echo.say("untouched");
  });

  test("ends no session of another's", async () => {
    const { session } = connection;
    await standIn.link.request("session.ended", { session, reason: "revoked" });
    await echo.say("still untouched");
    const now = await view();
    expect([now.state, now.reason]).toEqual(["live", null]);
    const { verdict, records } = await readLog(await world.staff("yamada"), world.parts.fingerprints.logKey);
    expect(verdict).toMatchObject({ ok: true });
    expect(records.filter(({ action }) => action === "session.end")).toEqual([]);
  });

  test("hears of another's session no name, no token and no lease", () => {
    const told = JSON.stringify(standIn.orders.filter(({ type }) => type !== "session.cut"));
    expect(told).toContain("route.open");
    expect(told).not.toContain(connection.session);
    expect(told).not.toContain(connection.ticket.host);
    expect(standIn.orders.filter(({ type }) => type === "lease")).toEqual([]);
  });

  test("is no other gateway: where the authority knows another key it says nothing to this one", async () => {
    await until("try", 30_000, () => elsewhere.answered.length > 0);
    expect(elsewhere.answered[0]).toMatch(/^(link-closed|peer-key-mismatch)$/);
    expect([elsewhere.connected, elsewhere.orders]).toEqual([false, []]);
  });

  test("is no authority to the honest one, and dials no leg of a session there", async () => {
    const pin = parseFingerprint(world.parts.fingerprints.gateway);
    const address = { host: "127.0.0.1", port: world.parts.ports.public, pin };
    await expect(dialControl({ ...address, programKey })).rejects.toMatchObject({ code: "token-refused" });
    const carrier = new UpgradeCarrier(address);
    for (const token of [randomToken(), ...standIn.tokens.slice(0, 2)])
      await expect(carrier.dial(asToken(token))).rejects.toMatchObject({ code: "token-refused" });
    expect(standIn.tokens.length).toBeGreaterThan(0);
    await echo.say("to the end");
  });
});
