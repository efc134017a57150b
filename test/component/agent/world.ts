import { writeFileSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Agent } from "../../../agent/agent.ts";
import type { AgentEvent } from "../../../agent/event.ts";
import { type Joined, joinSite } from "../../../agent/joined.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { signStatement } from "../../../crypto/statement.ts";
import type { Carrier, Leg } from "../../../link/carrier.ts";
import { ControlLink } from "../../../link/control-link.ts";
import { dialTcp } from "../../../link/dial.ts";
import { type Listener, listen } from "../../../link/listen.ts";
import { acceptPinned } from "../../../link/pinned-tls.ts";
import { agentMessages, agentOrders } from "../../../protocol/agent-control.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { version } from "../../../protocol/version.ts";
import { asPin } from "../../brand.ts";
import { patienceMs } from "../../patience.ts";
import { until } from "../channels/bench.ts";
import { bytesOf, Scene, temporaryFolder } from "./fixture.ts";

type Orders = ControlLink<typeof agentOrders, typeof agentMessages>;
type Told = { type: string; body: Record<string, unknown> };

/** The authority's end of control links, over real TLS, with what agents told it. */
export class StandInAuthority {
  readonly told: Told[] = [];
  link: Orders | undefined;
  /** Types of messages to refuse, with a failure that passes. */
  readonly deaf = new Set<string>();
  readonly scene: Scene;
  #listener: Listener | undefined;
  readonly #sockets = new Set<Socket>();
  agentKey = "";

  constructor(scene: Scene) {
    this.scene = scene;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  async start(port = 0): Promise<void> {
    this.#listener = await listen({
      host: "127.0.0.1",
      port,
      onSocket: (raw) => {
        // An agent that pins another key leaves in the middle of the handshake.
        this.#serve(raw).catch(() => raw.destroy());
      },
    });
  }

  /** As a crash: no reply, no farewell. */
  stop(): void {
    this.#listener?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.link = undefined;
  }

  of(type: string): Record<string, unknown>[] {
    return this.told.filter((message) => message.type === type).map(({ body }) => body);
  }

  async lease(sessions: string[], change: { sequence?: number; audience?: string; by?: Scene["authority"] } = {}) {
    const by = change.by ?? this.scene.authority;
    const payload = {
      audience: change.audience ?? this.agentKey,
      sequence: change.sequence ?? 1,
      sessions,
      durationMs: 15_000,
    };
    const lease = await signStatement("genkan/lease/v1", payload, by.privateKey, by.pin);
    return this.link?.request("lease", { lease });
  }

  async #serve(raw: Socket): Promise<void> {
    this.#sockets.add(raw);
    const { tls, peerKey } = await acceptPinned(raw, {
      raw,
      programKey: this.scene.authority,
      clientKey: "required",
      timeoutMs: patienceMs,
    });
    this.agentKey = peerKey ?? "";
    const note = <R extends object>(type: string, reply: (body: never) => R) => {
      return (body: object): R => {
        if (this.deaf.has(type)) throw new Error("deaf");
        this.told.push({ type, body: body as Record<string, unknown> });
        return reply(body as never);
      };
    };
    const empty = () => ({});
    const agent = newId("agent");
    this.link = new ControlLink({
      stream: tls,
      raw,
      send: agentOrders,
      receive: agentMessages,
      log: silentProgramLog,
      handlers: {
        version: () => ({ version }),
        join: note("join", () => ({ agent, site: { id: this.scene.site, name: "Hospital" } })),
        hello: note("hello", () => ({ agent, name: "agent-1", clock: new Date().toISOString() })),
        status: note("status", empty),
        "leg.request": note("leg.request", ({ count }: { count: number }) => ({
          tokens: Array.from({ length: count }, () => randomToken()),
        })),
        "session.begun": note("session.begun", empty),
        "session.counts": note("session.counts", empty),
        "session.entries": note("session.entries", empty),
        "session.ended": note("session.ended", empty),
      },
    });
  }
}

/** A gateway in small: an agent's legs on one port, clients on another, joined one to one. */
export class StandInGateway implements Carrier {
  readonly #legs: Socket[] = [];
  readonly #clients: Socket[] = [];
  readonly sockets = new Set<Socket>();
  readonly #servers: Server[] = [];
  legPort = 0;
  clientPort = 0;

  async start(): Promise<void> {
    this.legPort = await this.#open((socket) => this.#legs.push(socket));
    this.clientPort = await this.#open((socket) => this.#clients.push(socket));
  }

  async dial(_token: string, signal?: AbortSignal): Promise<Leg> {
    const raw = await dialTcp({
      host: "127.0.0.1",
      port: this.legPort,
      timeoutMs: patienceMs,
      ...(signal ? { signal } : {}),
    });
    return { stream: raw, raw };
  }

  stop(): void {
    for (const server of this.#servers) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  async #open(arrive: (socket: Socket) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, (socket) => {
      this.sockets.add(socket);
      socket.on("error", () => {});
      arrive(socket);
      this.#splice();
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  #splice(): void {
    while (this.#legs[0] && this.#clients[0]) {
      const leg = this.#legs.shift() as Socket;
      const client = this.#clients.shift() as Socket;
      if (leg.destroyed) continue;
      leg.pipe(client).pipe(leg);
      leg.once("close", () => client.destroy());
      client.once("close", () => leg.destroy());
    }
  }
}

/** An agent that has joined, trusts the scene's approvers, and is connected; with stand-ins for what it dials. */
export class World {
  readonly scene: Scene;
  readonly authority: StandInAuthority;
  readonly gateway = new StandInGateway();
  readonly folder = temporaryFolder();
  readonly events: AgentEvent[] = [];
  /** Added to the agent's wall clock, in milliseconds. */
  clockOffset = 0;
  joined!: Joined;
  agent!: Agent;

  private constructor(scene: Scene) {
    this.scene = scene;
    this.authority = new StandInAuthority(scene);
  }

  static async start(scene: Scene): Promise<World> {
    const world = new World(scene);
    await world.gateway.start();
    await world.authority.start();
    world.joined = await joinSite({
      folder: world.folder.path,
      gateway: { host: "127.0.0.1", port: world.authority.port, key: asPin("A".repeat(43)) },
      authorityKey: scene.authority.pin,
      token: randomToken(),
      name: "agent-1",
      log: silentProgramLog,
    });
    world.allow([scene.service.port]);
    // As a person on this host left it.
    writeFileSync(join(world.folder.path, "trust.json"), bytesOf(scene.listStatement()));
    world.run();
    await until(() => world.authority.of("hello").length === 1, "hello");
    return world;
  }

  get allowFile(): string {
    return join(this.folder.path, "allow.json");
  }

  allow(ports: number[]): void {
    const targets = ports.length > 0 ? [{ address: "127.0.0.1", ports }] : [];
    writeFileSync(this.allowFile, JSON.stringify({ targets, allowLoopback: true }));
  }

  run(): void {
    this.agent = new Agent({
      folder: this.folder.path,
      joined: this.joined,
      allow: this.allowFile,
      log: silentProgramLog,
      emit: (event) => this.events.push(event),
      now: () => new Date(Date.now() + this.clockOffset),
      monotonic: () => performance.now(),
      carrier: this.gateway,
    });
  }

  /** The scene's order, for this agent's key and with a nonce that it gave out. */
  async order(o: Parameters<Scene["order"]>[1] = {}) {
    const { link } = this.authority;
    if (!link) throw new Error("no control link");
    const { nonce } = await link.request("nonce.request", {});
    const key = this.joined.programKey.pin;
    const agent = { id: newId("agent"), key };
    return this.scene.order(nonce, {
      ...o,
      grant: { agent, ...o?.grant },
      ticket: { agent: key, ...o?.ticket },
    });
  }

  async admit(o: Parameters<Scene["order"]>[1] = {}) {
    const { order, session, grantHash } = await this.order(o);
    const { link } = this.authority;
    if (!link) throw new Error("no control link");
    const { proofNonce } = await link.request("session.admit", order);
    return { session, grantHash, proofNonce };
  }

  connectClient(): Socket {
    const socket = connect(this.gateway.clientPort, "127.0.0.1");
    this.gateway.sockets.add(socket);
    return socket;
  }

  async stop(): Promise<void> {
    await this.agent.stop();
    this.authority.stop();
    this.gateway.stop();
    this.folder.remove();
  }
}
