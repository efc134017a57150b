import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type buildConnector, Pool } from "undici";
import { boundPipelining, takeOver } from "../link/pipelining.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Channel, ChannelOptions, Client, DeviceSide } from "./channel.ts";
import { hostOf, type Refusal } from "./http-entrance.ts";
import { forward } from "./http-forward.ts";
import type { Ends } from "./http-header.ts";
import { endedPage, type Page, pageHeaders, pages, renderPage } from "./http-page.ts";
import { reasonPhrase } from "./http-status.ts";
import { forwardUpgrade } from "./http-upgrade.ts";

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
  readonly #pool: Pool;
  /** The device as its own pages name it. */
  readonly #deviceHost: string;
  #ended: EndReason | undefined;

  constructor(options: HttpChannelOptions) {
    this.#options = options;
    const { address, port } = options.device;
    const host = address.includes(":") ? `[${address}]` : address;
    this.#deviceHost = port === (options.scheme === "http" ? 80 : 443) ? host : `${host}:${port}`;
    this.#pool = new Pool(`http://${host}:${port}`, {
      connections: limits.connectionsPerSession,
      pipelining: 1,
      allowH2: false,
      maxHeaderSize: limits.httpHeadBytes,
      headersTimeout: limits.deviceReplyMs,
      // Event streams are silent for as long as they like; the window and the lease end them.
      bodyTimeout: 0,
      // Whatever undici would connect to, there is one target. `dial` is asynchronous, so the callback is too: called
      // at once it would leave undici waiting for ever.
      connect: (_, callback) => void connectDevice(options.device, callback),
    });
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
      // What can't be parsed is refused and recorded (A23); who broke off or was too slow has asked for nothing.
      if (error.code?.startsWith("HPE_")) options.device.tap.refused("bad-request");
      socket.destroy();
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
    void this.#pool.destroy().catch(() => {});
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
    await forward(req, res, {
      pool: this.#pool,
      ends: this.#endsOf(req),
      tap: this.#options.device.tap,
      page: sendPage,
    });
  }

  async #upgrade(req: IncomingMessage, res: ServerResponse, socket: Duplex, head: Buffer): Promise<void> {
    const { device, entrance } = this.#options;
    const refusal = this.#refusal(req) ?? entrance.stranger(req);
    if (refusal) return this.#refuse(res, refusal);
    await forwardUpgrade(req, res, { socket, head, device, ends: this.#endsOf(req), page: sendPage });
  }

  #endsOf(req: IncomingMessage): Ends {
    return { access: hostOf(req), device: this.#deviceHost, scheme: this.#options.scheme };
  }

  /** What no request may do, entered or not. */
  #refusal(req: IncomingMessage): Refusal | undefined {
    if (this.#ended) return { page: endedPage(this.#ended), code: "session-ended" };
    const misled = this.#options.entrance.misled(req);
    if (misled) return misled;
    if (!req.url?.startsWith("/")) return { page: pages["bad-request"], code: "bad-request" };
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
    this.#options.log.error({ error: error instanceof Error ? error.message : "unknown" }, "a request failed");
    res.destroy();
  }
}

async function connectDevice(device: DeviceSide, callback: buildConnector.Callback): Promise<void> {
  try {
    callback(null, await device.dial());
  } catch (error) {
    callback(error instanceof Error ? error : new GenkanError("internal"), null);
  }
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
