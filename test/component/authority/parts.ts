import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { agentEvents } from "../../../authority/agent-events.ts";
import { beginApproval, finishApproval } from "../../../authority/approve.ts";
import { ask } from "../../../authority/ask.ts";
import type { PersonCaller } from "../../../authority/caller.ts";
import { gatewayEvents } from "../../../authority/gateway-events.ts";
import { viewTrust } from "../../../authority/trust.ts";
import { signRequest } from "../../../crypto/access-request.ts";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { randomToken } from "../../../crypto/random.ts";
import { startGateway } from "../../../gateway/gateway.ts";
import { type Body, ControlLink, type Reply } from "../../../link/control-link.ts";
import { connectPinned } from "../../../link/pinned-tls.ts";
import { resetNow } from "../../../link/reset.ts";
import type { AccessRequest } from "../../../protocol/access-request.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import type { GrantView } from "../../../protocol/api/grant.ts";
import type { RequestView } from "../../../protocol/api/request.ts";
import type { TrustView } from "../../../protocol/api/trust.ts";
import type { Pin } from "../../../protocol/brand.ts";
import type { EndReason } from "../../../protocol/end-reason.ts";
import { type Id, type IdKind, makeId } from "../../../protocol/make-id.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import type { Reach } from "../../../protocol/reach.ts";
import { version } from "../../../protocol/version.ts";
import type { Window } from "../../../protocol/window.ts";
import type { Db } from "../../../store/database.ts";
import { findDevice } from "../../../store/device.ts";
import { putGateway } from "../../../store/gateway.ts";
import { vendorOf } from "../../../store/person.ts";
import { Scope } from "../../../store/scope.ts";
import { findWorkstation } from "../../../store/workstation.ts";
import { askedFor } from "../../asked.ts";
import { asPin } from "../../brand.ts";
import type { Passkey } from "../../passkey.ts";
import { reported } from "../../reported.ts";
import { hour, type Name, names, type World } from "./world.ts";

type End = (end: () => void | Promise<void>) => void;

/** A real gateway that this authority has dialled. */
export async function connectGateway(world: World, end: End = onTestFinished): Promise<{ id: string; port: number }> {
  const { context } = world;
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
  end(() => gateway.close());
  const address = { host: "127.0.0.1", port: gateway.port, key: programKey.pin };
  const id = await putGateway(context.store.db, { name: "gateway", ...address });
  const up = Promise.withResolvers<void>();
  context.gateways.start(
    [{ id, name: "gateway", ...address, active: true }],
    gatewayEvents(context, { connected: () => up.resolve(), disconnected: () => {} }),
  );
  await up.promise;
  return { id, port: gateway.port };
}

/** Keys of the gateways that the authority is connected to; one that nobody knows when it has none. */
export function reached(world: World): Pin[] {
  const keys = world.context.gateways.connected().map(({ address }) => address.pin);
  return keys.length > 0 ? keys : [asPin("A".repeat(43))];
}

/** The agent's end of a control link that the authority has accepted, over real TLS; it keeps what it was ordered. */
export class AgentEnd {
  readonly admitted: Body<typeof agentOrders, "session.admit">[] = [];
  readonly leases: string[] = [];
  readonly cuts: { session: Id<"session">; reason: EndReason }[] = [];
  readonly offers: string[] = [];
  readonly reached: Body<typeof agentOrders, "target.reach">[] = [];
  /** What it finds when it is to test a device. */
  reach: Reach = "open";
  /** Ports that its allow-list names. */
  lists = [22];
  /** Until it will end what it admits; longer than any window, so that nobody minds. */
  leftMs = 86_400_000;
  /** What happens before it answers an order to admit. */
  beforeAdmit: () => unknown = () => {};
  link!: ControlLink<typeof agentMessages, typeof agentOrders>;
  /** Keys of the gateways that its host names: all that the authority is connected to, unless told. */
  #gateways: Pin[] = [asPin("A".repeat(43))];
  readonly #raw: Socket;

  private constructor(raw: Socket) {
    this.#raw = raw;
  }

  static async connect(
    world: World,
    name: "agentA" | "agentB",
    end: End = onTestFinished,
    programKey = world.agentKeys[name],
    release: string | null = version,
  ): Promise<AgentEnd> {
    const { agents, keys } = world.context;
    agents.start(agentEvents(world.context, { connected: () => {}, disconnected: () => {} }));
    const server = createServer((socket) => agents.accept({ stream: socket, raw: socket }));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { tls, raw } = await connectPinned({
      host: "127.0.0.1",
      port,
      servername: "agents.genkan.internal",
      pin: keys.programKey.pin,
      programKey,
      timeoutMs: 5_000,
    });
    server.close();
    end(() => resetNow(raw));
    const agent = new AgentEnd(raw);
    const note = (list: string[], text: string) => void list.push(text);
    agent.link = new ControlLink({
      stream: tls,
      raw,
      send: agentMessages,
      receive: agentOrders,
      log: silentProgramLog,
      handlers: {
        "trust.propose": ({ statement }) => {
          note(agent.offers, statement);
          return { pinned: true };
        },
        "targets.listed": ({ targets }) => ({ listed: targets.map(({ port }) => agent.lists.includes(port)) }),
        "target.reach": (order) => {
          agent.reached.push(order);
          return { reach: agent.reach };
        },
        "nonce.request": () => ({ nonce: randomToken() }),
        "session.admit": async (order) => {
          agent.admitted.push(order);
          await agent.beforeAdmit();
          return { proofNonce: randomToken(), leftMs: agent.leftMs };
        },
        lease: ({ lease }) => {
          note(agent.leases, lease);
          return {};
        },
        "session.cut": (body) => {
          agent.cuts.push(body);
          return {};
        },
      },
    });
    if (release !== null) await agent.link.request("version", { version: release });
    return agent;
  }

  hello(
    world: World,
    sessions: Id<"session">[] = [],
    gateways = reached(world),
  ): Promise<Reply<typeof agentMessages, "hello">> {
    this.#gateways = gateways;
    return this.link.request("hello", {
      clock: world.at(),
      recorder: true,
      report: reported,
      trust: null,
      gateways,
      sessions,
    });
  }

  /** Orders that were sent before this call have arrived. */
  async heard(): Promise<void> {
    const said = {
      clock: new Date().toISOString(),
      recorder: true,
      report: reported,
      trust: null,
      gateways: this.#gateways,
    };
    await this.link.request("status", said);
  }

  close(): void {
    resetNow(this.#raw);
  }
}

/** A WebAuthn assertion as a browser's page hands it over. */
export function assertionJson(passkey: Passkey, challenge: string, deviation: Parameters<Passkey["sign"]>[1] = {}) {
  const { clientDataJson, ...rest } = passkey.sign(challenge, deviation);
  return {
    id: passkey.credential,
    rawId: passkey.credential,
    type: "public-key",
    response: { clientDataJSON: clientDataJson, ...rest },
    clientExtensionResults: {},
  };
}

/** What a technician's computer asks for, signed: by its own key, for the vendor's own device, unless told. */
export async function wish(
  world: World,
  caller: PersonCaller,
  change: Partial<AccessRequest> & { readonly ids?: readonly Id<"service">[] } = {},
): Promise<{ request: string }> {
  const { db } = world.store;
  const { ids, ...said } = change;
  const name = names.find((one) => world.people[one].id === caller.person.id) ?? "technician";
  const computer = await world.equip(name);
  const workstation = await findWorkstation(db, Scope.system(), computer.id);
  const device = await findDevice(db, Scope.system(), said.device?.id ?? world.devices.own.id);
  const services = (ids ?? world.devices.own.services).map((id) => {
    const { name, protocol, port } = device?.services.find((service) => service.id === id) ?? unknownService;
    return { id, name, protocol, port };
  });
  const vendor = vendorOf(caller.person);
  const request = askedFor({
    site: { id: device?.site.id ?? world.ids.siteA, name: device?.site.name ?? "Hospital A" },
    person: { id: caller.person.id, name: caller.person.name },
    vendor: { id: vendor?.id ?? world.ids.vendorA, name: vendor?.name ?? "Vendor A" },
    workstation: {
      id: computer.id,
      label: workstation?.label ?? "",
      thumbprints: workstation?.thumbprints.slice(-8) ?? [],
    },
    device: { id: world.devices.own.id, name: device?.name ?? "MRI" },
    services,
    windows: [world.window(0, hour)],
    ...said,
  });
  return { request: await signRequest(request, computer.privateKey, computer.jwk) };
}

const unknownService = { name: "unknown", protocol: "tcp", port: 1 } as const;

export async function asked(
  world: World,
  caller: PersonCaller,
  window: Window = world.window(0, hour),
): Promise<RequestView> {
  return ask(world.context, caller, await wish(world, caller, { windows: [window] }));
}

/** The yes of an approver who is enrolled, signed. */
export async function approved(
  world: World,
  name: Name,
  request: Id<"request">,
  windows: Window[],
  caller?: PersonCaller,
): Promise<GrantView> {
  const by = caller ?? (await world.caller(name));
  const passkey = world.passkeys.get(name);
  if (!passkey) throw new Error(`${name} is not enrolled`);
  const { ceremony, options } = await beginApproval(world.context, by, request, windows);
  const { challenge } = options as { challenge: string };
  const { grant } = await finishApproval(world.context, by, request, ceremony, assertionJson(passkey, challenge));
  if (!grant) throw new Error(`${request} waits for more approvals`);
  return grant;
}

/** An id of a kind that nothing has. */
export const nothing = <K extends IdKind>(kind: K): Id<K> => makeId(kind, new Uint8Array(10));

/** The lists of approvers of a site that is in sight. */
export async function trustOf(db: Db, scope: Scope, site: Id<"site">): Promise<TrustView> {
  const view = await viewTrust(db, scope, site);
  if (!view) throw new Error(`${site} is out of sight`);
  return view;
}
