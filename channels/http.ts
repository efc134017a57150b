import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { boundPipelining, takeOver } from "../link/pipelining.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { limits } from "../protocol/limits.ts";
import type { Service } from "../protocol/service.ts";
import type { Channel, ChannelOptions, Client } from "./channel.ts";
import { hostOf, ownPrefix, type Refusal } from "./entrance.ts";
import { outPage } from "./http-device-page.ts";
import { bodyLength, forward } from "./http-forward.ts";
import { DeviceLine, type Habits } from "./http-line.ts";
import { endedPage, type Page, pageHeaders, pages, renderPage } from "./http-page.ts";
import { reasonPhrase } from "./http-status.ts";
import { forwardUpgrade } from "./http-upgrade.ts";
import { type Ends, outPath } from "./http-url.ts";

export interface HttpChannelOptions extends ChannelOptions {
  /** What the device speaks: its own URLs begin with it. */
  readonly scheme: "http" | "https";
}

/**
 * One session's web service: clients' connections come in by {@link accept}, requests go to the one granted address and
 * port. HTTP/1.1 only. Nothing reaches the device but what the door's entrance lets pass.
 */
export class HttpChannel implements Channel {
  readonly #options: HttpChannelOptions;
  readonly #server: Server;
  /** The way to the device of each browser's connection. */
  readonly #lines = new WeakMap<Duplex, DeviceLine>();
  readonly #habits: Habits = { keeps: true };
  /** The device as its own pages name it. */
  readonly #deviceHost: string;
  #ended: EndReason | undefined;

  constructor(options: HttpChannelOptions) {
    this.#options = options;
    const { address, port } = options.device;
    const host = address.includes(":") ? `[${address}]` : address;
    this.#deviceHost = port === (options.scheme === "http" ? 80 : 443) ? host : `${host}:${port}`;
    this.#server = createServer({
      maxHeaderSize: limits.httpHeadBytes,
      headersTimeout: limits.httpHeadMs,
      // A firmware image on a slow line takes long; the window and the lease end it.
      requestTimeout: 0,
      keepAliveTimeout: limits.httpIdleMs,
      connectionsCheckingInterval: limits.httpHeadMs / 4,
      // Every other upgrade (h2c of curl) is answered as the plain request that it also is.
      shouldUpgradeCallback: (req) => req.method === "GET" && req.headers.upgrade?.toLowerCase() === "websocket",
    });
    boundPipelining(
      this.#server,
      (req, res) => void this.#request(req, res).catch((error: unknown) => this.#failed(error, res)),
      () => options.device.tap.refused("bad-request"),
    );
    this.#server.on("upgrade", (req, socket: Duplex, head: Buffer) => {
      const res = this.#responseOn(req, socket);
      if (!res) return;
      void this.#upgrade(req, res, socket, head).catch((error: unknown) => this.#failed(error, res));
    });
    // Node closes what asks for a tunnel (RFC 9110, section 9.3.6) without a word where nobody listens for it.
    this.#server.on("connect", (req, socket: Duplex) => {
      const res = this.#responseOn(req, socket);
      if (!res) return;
      this.#refuse(res, this.#refusal(req) ?? { page: pages["bad-request"], code: "bad-request" });
    });
    this.#server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
      // Bytes behind a request that was refused are no request.
      if (socket.writableEnded) return;
      // What can't be parsed is refused and recorded (A23); who broke off or was too slow has asked for nothing.
      if (!error.code?.startsWith("HPE_")) return void socket.destroy();
      const large = error.code === "HPE_HEADER_OVERFLOW";
      options.device.tap.refused(large ? "head-too-large" : "bad-request");
      if (large) tellTooLarge(socket);
      else socket.destroy();
    });
    // Node starts its watch over slow heads when a server listens; this one is handed its connections.
    this.#server.emit("listening");
  }

  accept(client: Client): void {
    // What the device has to say comes as an answer to a request, or as a page.
    client.accept?.();
    this.#server.emit("connection", client);
    // Accepted sockets come paused (link/listen.ts); the server only takes off what flows.
    client.resume();
  }

  /** From now on every request is answered with why the session ended. The session resets the sockets by itself. */
  end(reason: EndReason): void {
    this.#ended ??= reason;
    this.#server.close();
  }

  async #request(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const refusal = this.#refusal(req);
    if (refusal) return this.#refuse(res, refusal);
    const { form } = this.#options.entrance;
    if (form && req.url === form.path) {
      const refused = await form.answer(req, res);
      return refused && this.#refuse(res, refused);
    }
    const stranger = this.#options.entrance.stranger(req);
    if (stranger) return this.#refuse(res, stranger);
    if (req.url?.startsWith(ownPrefix)) return this.#own(req, res);
    const { device } = this.#options;
    await forward(req, res, { device, line: this.#lineOf(req.socket), ends: this.#endsOf(req), page: sendPage });
  }

  async #upgrade(req: IncomingMessage, res: ServerResponse, socket: Duplex, head: Buffer): Promise<void> {
    const { device, entrance } = this.#options;
    const refusal = this.#refusal(req) ?? entrance.stranger(req);
    if (refusal) return this.#refuse(res, refusal);
    await forwardUpgrade(req, res, { socket, head, device, ends: this.#endsOf(req), page: sendPage });
  }

  #endsOf(req: IncomingMessage): Ends {
    const accessScheme = "encrypted" in req.socket ? "https" : "http";
    return { access: hostOf(req), accessScheme, device: this.#deviceHost, scheme: this.#options.scheme };
  }

  #lineOf(socket: Duplex): DeviceLine {
    const known = this.#lines.get(socket);
    if (known) return known;
    const line = new DeviceLine(this.#options.device, this.#habits);
    this.#lines.set(socket, line);
    socket.once("close", () => line.close());
    return line;
  }

  /** What the agent itself answers to whoever has entered. */
  #own(req: IncomingMessage, res: ServerResponse): void {
    const [path, query] = (req.url ?? "").split("?");
    const to = path === outPath ? URL.parse(new URLSearchParams(query).get("to") ?? "") : null;
    if (!to || !/^https?:$/.test(to.protocol))
      return this.#refuse(res, { page: pages["not-found"], code: "not-found" });
    const service = this.#options.granted.find((one) => isAt(one, to));
    if (service) return sendPage(res, outPage(to.href, service.name));
    this.#refuse(res, { page: outPage(to.href, undefined), code: "service-not-granted" });
  }

  /** What no request may do, entered or not. */
  #refusal(req: IncomingMessage): Refusal | undefined {
    if (this.#ended) return { page: endedPage(this.#ended), code: "session-ended" };
    const misled = this.#options.entrance.misled(req);
    if (misled) return misled;
    if (!req.url?.startsWith("/")) return { page: pages["bad-request"], code: "bad-request" };
    // No browser sends a body with these, and some servers take it for a request of its own.
    if (bodiless.has(req.method ?? "") && bodyLength(req) !== 0 && bodyLength(req) !== undefined) {
      return { page: pages["bad-request"], code: "bad-request" };
    }
    // A worker would answer in the agent's place: for a device's own pages on plain HTTP browsers have none either.
    if (req.headers["service-worker"] !== undefined || req.headers["sec-fetch-dest"] === "serviceworker") {
      return { page: pages["not-found"], code: "origin-refused" };
    }
    return undefined;
  }

  #refuse(res: ServerResponse, { page, code }: Refusal): void {
    if (code !== "session-ended") this.#options.device.tap.refused(code);
    sendPage(res, page);
  }

  /** An answer on a connection that is taken over, which ends it; none while an earlier one is under way there. */
  #responseOn(req: IncomingMessage, socket: Duplex): ServerResponse | undefined {
    socket.on("error", () => {});
    const res = takeOver(req, socket);
    if (!res) {
      this.#options.device.tap.refused("bad-request");
      return undefined;
    }
    res.shouldKeepAlive = false;
    res.once("finish", () => socket.end());
    return res;
  }

  #failed(error: unknown, res: ServerResponse): void {
    this.#options.log.error(
      { event: "agent.web.request-failed", error: error instanceof Error ? error.message : "unknown" },
      "a request failed",
    );
    res.destroy();
  }
}

const bodiless = new Set(["GET", "HEAD", "TRACE"]);

/**
 * A page for whoever's request can't be taken in whole. What is still on its way is read and thrown away for a moment: a
 * browser that is still sending would hear a reset instead of the page.
 */
function tellTooLarge(socket: Duplex): void {
  const body = renderPage(pages["head-too-large"]);
  const fields = { ...pageHeaders, "content-length": Buffer.byteLength(body), connection: "close" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  const { status } = pages["head-too-large"];
  socket.end(`HTTP/1.1 ${status} ${reasonPhrase(status, undefined)}\r\n${lines.join("")}\r\n${body}`);
  socket.removeAllListeners("data").resume();
  setTimeout(() => socket.destroy(), limits.pageLingerMs).unref();
}

/** Whether this URL leads to the very service. */
function isAt(
  { protocol, address, port }: Omit<Service, "id">,
  { protocol: scheme, hostname, port: named }: URL,
): boolean {
  const host = address.includes(":") ? `[${address}]` : address;
  const own = named === "" ? (scheme === "http:" ? 80 : 443) : Number(named);
  return scheme === `${protocol}:` && URL.parse(`http://${host}`)?.hostname === hostname && own === port;
}

/** Answers with a page and closes the connection, whose request body may not have been read. */
function sendPage(res: ServerResponse, page: Page): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const body = renderPage(page);
  const headers = { ...pageHeaders, "content-length": Buffer.byteLength(body), connection: "close" };
  // With its phrase: one that node refused from a device would stay behind otherwise, and be refused again.
  res.writeHead(page.status, reasonPhrase(page.status, undefined), headers);
  res.end(res.req.method === "HEAD" ? undefined : body);
}
