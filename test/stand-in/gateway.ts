import type { Socket } from "node:net";
import { sha256 } from "../../crypto/thumbprint.ts";
import { readKeyFile } from "../../gateway/key-file.ts";
import { formatClientAddress } from "../../link/client-address.ts";
import { ControlLink, type Handlers } from "../../link/control-link.ts";
import { type Listener, listen } from "../../link/listen.ts";
import { peek, readOn } from "../../link/peek.ts";
import { acceptPinned, type PinnedSocket } from "../../link/pinned-tls.ts";
import { resetNow } from "../../link/reset.ts";
import { parseUpgradeRequest, readHead, switchingProtocols } from "../../link/upgrade.ts";
import { GenkanError } from "../../protocol/error.ts";
import { gatewayMessages, gatewayOrders } from "../../protocol/gateway-control.ts";
import { limits } from "../../protocol/limits.ts";
import { silentProgramLog } from "../../protocol/program-log.ts";
import { gatewayName } from "../../protocol/wire-name.ts";
import { Passed, type Way } from "./passed.ts";

type Link = ControlLink<typeof gatewayMessages, typeof gatewayOrders>;
type Order = {
  [T in keyof typeof gatewayOrders]: { type: T; body: Record<string, unknown> };
}[keyof typeof gatewayOrders];

/**
 * A hostile gateway: it holds the real one's key and takes its place. It carries as the real one does, so that everybody
 * comes to it; it keeps a copy of all that passes, changes what a test wants changed, and obeys nobody: no cut, no freeze,
 * no lease.
 */
export class StandInGateway {
  readonly passed = new Passed();
  /** What the authority has ordered. */
  readonly orders: Order[] = [];
  /** Tokens of legs, in clear: the TLS in which they are shown ends here. */
  readonly tokens: string[] = [];
  /** Sessions that it claims to carry when the authority says hello. */
  claims: string[] = [];
  /** Whose clients it answers by itself, with its own key, instead of carrying them. */
  impersonates: (name: string) => boolean = () => false;
  /** How those took it that came to a TLS of its own: what they sent inside it, or why there was none. */
  readonly answered: string[] = [];
  readonly #folder: string;
  readonly #hosts = new Map<string, string>();
  readonly #legs = new Map<string, PinnedSocket[]>();
  readonly #waiting = new Map<string, ((leg: PinnedSocket) => void)[]>();
  readonly #sockets = new Set<Socket>();
  readonly #carried = new Map<Socket, string>();
  #link: Link | undefined;
  #listener: Listener | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** `folder` is the real one's. */
  static async start(folder: string, port: number): Promise<StandInGateway> {
    const gateway = new StandInGateway(folder);
    gateway.#listener = await listen({
      host: "127.0.0.1",
      port,
      onSocket: (socket) => {
        gateway.#sockets.add(socket);
        socket.once("close", () => gateway.#sockets.delete(socket));
        gateway.#serve(socket).catch((error: unknown) => {
          gateway.answered.push(error instanceof GenkanError ? error.code : String(error));
          resetNow(socket);
        });
      },
    });
    return gateway;
  }

  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /** The control link to the authority. */
  get link(): Link {
    if (!this.#link) throw new Error("No authority is connected.");
    return this.#link;
  }

  get connected(): boolean {
    return this.#link !== undefined;
  }

  /** A leg that somebody has dialled for this host and that no client has used: it is the gateway's to speak on. */
  leg(host: string): Promise<PinnedSocket> {
    const leg = this.#legs.get(host)?.shift();
    if (leg && !leg.tls.destroyed) return Promise.resolve(leg);
    return new Promise((resolve) => this.#waiting.set(host, [...(this.#waiting.get(host) ?? []), resolve]));
  }

  /** Breaks what it carries for this host. */
  drop(host: string): void {
    resetNow(...[...this.#carried].flatMap(([socket, name]) => (name === host ? [socket] : [])));
  }

  stop(): void {
    this.#listener?.close();
    this.#link?.close();
    resetNow(...this.#sockets);
  }

  async #serve(socket: Socket): Promise<void> {
    const { name, head } = await peek(socket, { http: true });
    if (name === gatewayName) return this.#own(socket, head);
    if (this.impersonates(name)) return this.#impersonate(socket, head);
    const leg = await this.leg(name);
    if (this.#isAuthoritys(name)) leg.tls.write(formatClientAddress(socket.remoteAddress));
    this.#carried.set(socket, name);
    this.#carry(name, socket, leg.tls, head);
    leg.raw.once("close", () => resetNow(socket));
    socket.once("close", () => setTimeout(() => resetNow(leg.raw), limits.controlCloseMs));
  }

  #isAuthoritys(host: string): boolean {
    return this.orders.some(
      ({ type, body }) => type === "route.open" && body.host === host && body.kind === "authority",
    );
  }

  #carry(host: string, client: Socket, leg: Socket, head: Buffer): void {
    const pass = (way: Way, to: Socket) => (bytes: Buffer) => {
      for (const chunk of this.passed.take(host, way, bytes)) if (to.writable) to.write(chunk);
    };
    const [up, down] = [pass("up", leg), pass("down", client)];
    up(head);
    client.on("data", up).once("end", () => leg.end());
    leg.on("data", down).once("end", () => client.end());
    leg.on("error", () => {});
    readOn(client);
    client.resume();
  }

  async #impersonate(raw: Socket, head: Buffer): Promise<void> {
    const { tls } = await this.#accept(raw, head);
    let bytes = 0;
    tls.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    raw.once("close", () => this.answered.push(`${bytes} bytes`));
  }

  /** Its own TLS, with the real one's key. */
  async #accept(raw: Socket, head: Buffer): Promise<PinnedSocket> {
    raw.unshift(head);
    const programKey = await readKeyFile(this.#folder);
    return acceptPinned(raw, { raw, programKey, clientKey: "asked", timeoutMs: limits.handshakeMs });
  }

  async #own(raw: Socket, head: Buffer): Promise<void> {
    const socket = await this.#accept(raw, head);
    const { path, headers } = parseUpgradeRequest(await readHead(socket.tls, limits.handshakeMs));
    if (path === "/control") {
      socket.tls.write(switchingProtocols("genkan-control"));
      return this.#obey(socket);
    }
    const token = headers.get("genkan-token") ?? "";
    this.tokens.push(token);
    const host = this.#hosts.get(sha256(token));
    if (host === undefined) return resetNow(raw);
    socket.tls.write(switchingProtocols("genkan"));
    const [next, ...others] = this.#waiting.get(host) ?? [];
    this.#waiting.set(host, others);
    if (next) next(socket);
    else this.#legs.set(host, [...(this.#legs.get(host) ?? []), socket]);
  }

  #obey({ tls, raw }: PinnedSocket): void {
    const heard = Object.keys(gatewayOrders).map((type) => [
      type,
      (body: { host?: string; tokenHashes?: string[] }) => {
        this.orders.push({ type, body } as Order);
        for (const hash of body.tokenHashes ?? []) this.#hosts.set(hash, body.host ?? "");
        return type === "hello" ? { sessions: this.claims } : {};
      },
    ]);
    const link: Link = new ControlLink({
      stream: tls,
      raw,
      send: gatewayMessages,
      receive: gatewayOrders,
      handlers: Object.fromEntries(heard) as Handlers<typeof gatewayOrders>,
      log: silentProgramLog,
    });
    this.#link = link;
    void link.closed.then(() => {
      if (this.#link === link) this.#link = undefined;
    });
  }
}
