import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { Agent } from "../../../agent/agent.ts";
import { admit } from "../../../authority/admission.ts";
import { agentEvents } from "../../../authority/agent-events.ts";
import { ask } from "../../../authority/ask.ts";
import { host } from "../../../authority/caller.ts";
import { addDevice } from "../../../authority/device.ts";
import { gatewayEvents } from "../../../authority/gateway-events.ts";
import { GatewayLinks } from "../../../authority/gateway-links.ts";
import { LeaseRenewal } from "../../../authority/lease-renewal.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { publicJwkOf } from "../../../crypto/public-jwk.ts";
import { createSealKey } from "../../../crypto/seal-key.ts";
import { jwkThumbprint } from "../../../crypto/thumbprint.ts";
import { startGateway } from "../../../gateway/gateway.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { agentsName } from "../../../protocol/wire-name.ts";
import { listApproverLists } from "../../../store/approver-list.ts";
import { type GatewayRow, putGateway } from "../../../store/gateway.ts";
import { Scope } from "../../../store/scope.ts";
import { listSessions } from "../../../store/session.ts";
import { insertWorkstationKey } from "../../../store/workstation.ts";
import { Device } from "../../world/device.ts";
import { Echo } from "../../world/echo.ts";
import { openTunnel } from "../../world/tunnel.ts";
import { temporaryFolder } from "../agent/fixture.ts";
import { approved, wish } from "./parts.ts";
import { hour, World } from "./world.ts";

const system = Scope.system();

/** An authority with two real gateways, and a real agent whose host names the gateways of `named`, by number. */
async function house(named: readonly number[]) {
  const world = await World.open();
  const { context } = world;
  const names = new Map([[agentsName, context.agents.accept.bind(context.agents)]]);
  const links = new GatewayLinks({ programKey: context.keys.programKey, programLog: silentProgramLog, names });
  const c = { ...context, gateways: links, now: () => new Date(world.clock) };
  onTestFinished(() => links.close());
  const up = new Set<string>();
  const gateways: (GatewayRow & { close(): Promise<void> })[] = [];
  for (const name of ["one", "two"]) {
    const programKey = createProgramKey();
    const gateway = await startGateway({
      config: {
        listenHost: "127.0.0.1",
        listenPort: 0,
        programKey,
        authorityKey: context.keys.programKey.pin,
        loopbackHttp: false,
      },
      log: silentProgramLog,
      now: () => performance.now(),
    });
    let open = true;
    const close = async () => {
      if (open) await gateway.close();
      open = false;
    };
    onTestFinished(close);
    const address = { host: "127.0.0.1", port: gateway.port, key: programKey.pin };
    const id = await putGateway(context.store.db, { name, ...address });
    gateways.push({ id, name, close, ...address, active: true });
  }
  links.start(
    gateways,
    gatewayEvents(c, { connected: (id) => void up.add(id), disconnected: (id) => void up.delete(id) }),
  );
  const agentUp = Promise.withResolvers<void>();
  context.agents.start(agentEvents(c, { connected: () => agentUp.resolve(), disconnected: () => {} }));
  await expect.poll(() => up.size).toBe(2);
  const leases = new LeaseRenewal(c);
  leases.start();
  onTestFinished(() => leases.close());

  await world.enrol("approver");
  const device = await Device.start();
  onTestFinished(() => device.stop());
  const service = { name: "shell", protocol: "ssh" as const, address: "127.0.0.1", port: device.port };
  const contract = { starts: new Date(world.clock - hour), ends: new Date(world.clock + 24 * hour) };
  const row = { vendor: world.ids.vendorA, agent: world.ids.agentA, name: "echo", model: "" };
  const added = await addDevice(context.store, { ...row, services: [service], contract }, new Date(world.clock), host);

  const folder = temporaryFolder();
  onTestFinished(folder.remove);
  const allow = join(folder.path, "allow.json");
  const targets = [{ address: "127.0.0.1", ports: [device.port] }];
  writeFileSync(allow, JSON.stringify({ targets, allowLoopback: true }), { mode: 0o600 });
  const [root] = await listApproverLists(context.store.db, system);
  writeFileSync(join(folder.path, "trust.json"), Buffer.from(root?.statement ?? "", "base64url"), { mode: 0o600 });
  const agent = new Agent({
    folder: folder.path,
    joined: {
      agent: world.ids.agentA,
      name: "agentA",
      site: { id: world.ids.siteA, name: "Hospital A" },
      gateways: named.flatMap((n) => gateways[n] ?? []).map(({ host, port, key }) => ({ host, port, key })),
      authorityKey: context.keys.programKey.pin,
      programKey: world.agentKeys.agentA,
      sealKey: createSealKey(),
    },
    allow,
    log: silentProgramLog,
    emit: () => {},
    now: () => new Date(world.clock),
    monotonic: () => performance.now(),
  });
  onTestFinished(() => agent.stop());
  await agentUp.promise;

  const technician = await world.caller("technician");
  const workstation = createProgramKey();
  const jwk = publicJwkOf(workstation.publicKey);
  const key = {
    workstation: technician.signIn.workstation ?? ("wks_" as const),
    kind: "cli",
    thumbprint: jwkThumbprint(jwk),
    jwk,
  };
  await context.store.change(({ db }) => insertWorkstationKey(db, { ...key, kind: "cli", at: new Date(world.clock) }));
  const window = world.window(0, hour);
  const said = { ids: added.services, device: { id: added.id, name: "echo" }, windows: [window] };
  const request = await ask(c, technician, await wish(world, technician, said));
  const grant = await approved(world, "approver", request.id, [window]);

  /** A session of a client that has come to the portal over this gateway, and an echo through it. */
  const connect = async (came: number) => {
    const programKey = createProgramKey();
    const input = {
      grant: grant.id,
      service: added.services[0] ?? "svc_",
      client: "native" as const,
      clientKey: programKey.pin,
    };
    const ticket = await admit(c, technician, input, gateways[came]?.id ?? null);
    const tunnel = await openTunnel({ ticket, programKey, workstation, port: 0, signal: new AbortController().signal });
    onTestFinished(() => tunnel.close());
    const echo = new Echo(tunnel.port);
    onTestFinished(() => echo.destroy());
    await echo.say("hello");
    const session = (await listSessions(context.store.db, system)).find(({ id }) => id === ticket.session);
    return { echo, ticket, session, over: gateways.findIndex(({ port }) => port === ticket.gateway.port) };
  };
  return { world, c, gateways, links, up, connect };
}

describe("with two gateways at work", () => {
  test("each session goes over the one by which its client came, and the loss of one leaves the other's sessions", async () => {
    const { gateways, up, connect } = await house([0, 1]);
    const first = await connect(0);
    const second = await connect(1);
    expect([first.over, second.over]).toEqual([0, 1]);
    // The control link goes over the first: it is dialled again over the second.
    await gateways[0]?.close();
    expect(await first.echo.closed).toBe("reset");
    await expect.poll(() => up.size).toBe(1);
    await second.echo.say("still there");
    await expect.poll(async () => (await connect(0)).over, { timeout: 20_000 }).toBe(1);
    await second.echo.say("and still");
  });

  test("a session goes over the one that the agent's host names, wherever its client came", async () => {
    const { connect } = await house([1]);
    expect((await connect(0)).over).toBe(1);
    expect((await connect(1)).over).toBe(1);
  });

  test("no session is admitted when the one that the agent names is away, and none goes over the other", async () => {
    const { gateways, up, connect } = await house([1]);
    const session = await connect(1);
    await gateways[1]?.close();
    await session.echo.closed;
    await expect.poll(() => up.size).toBe(1);
    await expect(connect(0)).rejects.toMatchObject({
      code: expect.stringMatching(/^(gateway|agent)-unavailable$|^denied$/),
    });
  });
});
