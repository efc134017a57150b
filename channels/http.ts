import { createServer, type IncomingMessage, type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type buildConnector, Pool } from "undici";
import { randomToken } from "../crypto/random.ts";
import { equalSecret, sha256 } from "../crypto/thumbprint.ts";
import { boundPipelining, takeOver } from "../link/pipelining.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Log } from "../protocol/log.ts";
import type { DeviceSide } from "./device.ts";
import { readEnterForm } from "./http-enter.ts";
import { forward } from "./http-forward.ts";
import { cookieName, type Ends, ownCookie, valuesOf } from "./http-header.ts";
import { endedPage, type Page, pageHeaders, pages, renderPage } from "./http-page.ts";
import { reasonPhrase } from "./http-status.ts";
import { forwardUpgrade } from "./http-upgrade.ts";

export interface HttpChannelOptions {
  /** The session's access host as a browser names it: lower case, with its port unless that is the scheme's own. */
  readonly host: string;
  readonly device: DeviceSide;
  /** Verifies the workstation's proof, once; throws `proof-invalid` otherwise. `binding` is `host:<host>`. */
  prove(form: { session: string; proof: string; binding: string }): Promise<void>;
  readonly log: Log;
}

/** Everything below it is the agent's own and never reaches a device. */
const ownPrefix = "/.genkan/";
const enterPath = `${ownPrefix}enter`;
const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/** Why a request is not served: a page, and what the recording says of it. */
interface Refusal {
  readonly page: Page;
  readonly code: ErrorCode;
}

/**
 * One session's web service: browser connections come in by {@link accept}, requests go to the one granted address and
 * port. HTTP/1.1 only. Until the workstation has proved itself by the enter form, and without the cookie that it then
 * gets, no byte reaches the device.
 */
export class HttpChannel {
  readonly #options: HttpChannelOptions;
  readonly #server: Server;
  readonly #pool: Pool;
  readonly #ends: Ends;
  #cookieHash: string | undefined;
  #ended: EndReason | undefined;

  constructor(options: HttpChannelOptions) {
    this.#options = options;
    const { address, port } = options.device;
    const host = address.includes(":") ? `[${address}]` : address;
    this.#ends = { access: options.host, device: port === 80 ? host : `${host}:${port}` };
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

  /** Serves one connection of a browser, decrypted. The session owns the sockets under it and resets them at the end. */
  accept(stream: Duplex): void {
    this.#server.emit("connection", stream);
    // Accepted sockets come paused (link/listen.ts); the server only takes off what flows.
    stream.resume();
  }

  /** From now on every request is answered with why the session ended. The session resets the sockets by itself. */
  end(reason: EndReason): void {
    this.#ended ??= reason;
    this.#cookieHash = undefined;
    this.#server.close();
    void this.#pool.destroy().catch(() => {});
  }

  async #request(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const refusal = this.#refusal(req);
    if (refusal) return this.#refuse(res, refusal);
    if (req.url === enterPath) return this.#enter(req, res);
    const stranger = this.#stranger(req);
    if (stranger) return this.#refuse(res, stranger);
    await forward(req, res, {
      pool: this.#pool,
      ends: this.#ends,
      tap: this.#options.device.tap,
      page: sendPage,
    });
  }

  async #upgrade(req: IncomingMessage, res: ServerResponse, socket: Duplex, head: Buffer): Promise<void> {
    const refusal = this.#refusal(req) ?? this.#stranger(req);
    if (refusal) return this.#refuse(res, refusal);
    const { device } = this.#options;
    await forwardUpgrade(req, res, { socket, head, device, ends: this.#ends, page: sendPage });
  }

  /** What no request may do, entered or not. */
  #refusal(req: IncomingMessage): Refusal | undefined {
    if (this.#ended) return { page: endedPage(this.#ended), code: "session-ended" };
    const hosts = valuesOf(req.rawHeaders, "host");
    if (hosts.length !== 1 || hosts[0]?.toLowerCase() !== this.#options.host) {
      return { page: pages["other-host"], code: "host-mismatch" };
    }
    if (!req.url?.startsWith("/")) return { page: pages["bad-request"], code: "bad-request" };
    return undefined;
  }

  /** Whoever has not entered, and pages elsewhere that use the entered browser. */
  #stranger(req: IncomingMessage): Refusal | undefined {
    const cookie = ownCookie(req.rawHeaders);
    if (!cookie || !this.#cookieHash || !equalSecret(sha256(cookie), this.#cookieHash)) {
      return { page: pages["not-entered"], code: "unauthenticated" };
    }
    if (req.url?.startsWith(ownPrefix)) return { page: pages["not-found"], code: "not-found" };
    const changes = req.headers.upgrade !== undefined || !safeMethods.has(req.method ?? "");
    if (changes && isForeign(req)) return { page: pages["foreign-origin"], code: "origin-refused" };
    return undefined;
  }

  async #enter(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.method !== "POST") return this.#refuse(res, { page: pages["not-entered"], code: "unauthenticated" });
    try {
      const form = await readEnterForm(req);
      await this.#options.prove({ ...form, binding: `host:${this.#options.host}` });
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      const page = error.code === "body-too-large" ? pages["too-large"] : pages["proof-refused"];
      return this.#refuse(res, { page, code: error.code });
    }
    const cookie = randomToken(32);
    this.#cookieHash = sha256(cookie);
    const attributes = "Secure; HttpOnly; SameSite=Lax; Path=/";
    res.writeHead(303, {
      location: "/",
      "set-cookie": `${cookieName}=${cookie}; ${attributes}`,
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    res.end();
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

/**
 * Whether a page of another origin sent this. The hosts of two sessions are the same site to a browser, so SameSite
 * alone does not keep one device's page from using another's.
 */
function isForeign(req: IncomingMessage): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined) return site !== "same-origin" && site !== "none";
  const { origin, host } = req.headers;
  return origin !== undefined && origin.toLowerCase().replace(/^https?:\/\//, "") !== host?.toLowerCase();
}
