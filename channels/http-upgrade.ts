import { type IncomingMessage, request, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { DeviceSide } from "./channel.ts";
import { type Ends, requestHeaders, responseHeaders, valuesOf } from "./http-header.ts";
import { type Page, pages } from "./http-page.ts";
import { reasonPhrase } from "./http-status.ts";
import { waitFor } from "./http-waiting.ts";
import { relay } from "./relay.ts";

export interface UpgradeOptions {
  /** The browser's connection, and what it sent behind the request's head. */
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly device: DeviceSide;
  readonly ends: Ends;
  page(res: ServerResponse, page: Page): void;
}

/**
 * Carries a WebSocket (RFC 6455): the handshake goes to the device on a connection of its own, and after its 101 both
 * sides are joined. A device that answers anything else is passed on as it answered. One record entry, on close.
 */
export async function forwardUpgrade(req: IncomingMessage, res: ServerResponse, o: UpgradeOptions): Promise<void> {
  const begun = Date.now();
  const { tap } = o.device;
  const recorded = tap.row();
  const record = (status: number, up: number, down: number) =>
    recorded({
      kind: "http",
      at: new Date(begun).toISOString(),
      method: req.method ?? "",
      path: (req.url ?? "").slice(0, limits.recordPathCharacters),
      status,
      up,
      down,
      ms: Math.max(0, Date.now() - begun),
      upgrade: "websocket",
    });
  const waiting = waitFor(o.socket, o.head, () => tap.refused("bad-request"));
  waiting.left.addEventListener("abort", () => o.socket.destroy());
  let answer: Answer;
  try {
    answer = await handshake(req, waiting.left, o);
    waiting.left.throwIfAborted();
  } catch (error) {
    const unlisted = error instanceof GenkanError && error.code === "target-not-listed";
    o.page(res, unlisted ? pages["target-not-listed"] : pages["device-unreachable"]);
    return record(0, 0, 0);
  }
  const { message, socket: device, head } = answer;
  const status = message.statusCode ?? 502;
  const headers = responseHeaders(message.rawHeaders, o.ends);
  if (!device) {
    let down = 0;
    message.on("data", (chunk: Buffer) => {
      down += chunk.length;
      tap.count("down", chunk.length);
    });
    res.once("close", () => {
      message.destroy();
      record(status, 0, down);
    });
    res.writeHead(status, reasonPhrase(status, message.statusMessage), headers);
    message.on("error", () => res.destroy()).pipe(res);
    return;
  }
  waiting.stop();
  res.detachSocket(o.socket as Socket);
  const lines = ["Connection: Upgrade", "Upgrade: websocket"];
  for (let at = 0; at + 1 < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`);
  o.socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
  if (head.length > 0) device.unshift(head);
  const relayed = relay(o.socket, device, (direction, bytes) => tap.count(direction, bytes));
  o.socket.resume();
  const { up, down } = await relayed;
  record(status, up, down);
}

interface Answer {
  readonly message: IncomingMessage;
  /** Only after 101. */
  readonly socket: Socket | undefined;
  readonly head: Buffer;
}

/** The device's answer. Rejects without one; its connection goes as soon as the browser leaves. */
async function handshake(req: IncomingMessage, left: AbortSignal, o: UpgradeOptions): Promise<Answer> {
  const device = await o.device.dial();
  if (left.aborted) {
    device.destroy();
    throw new GenkanError("link-closed");
  }
  left.addEventListener("abort", () => device.destroy());
  return new Promise((resolve, reject) => {
    const headers = [...requestHeaders(req.rawHeaders, o.ends), "Connection", "Upgrade", "Upgrade", "websocket"];
    const outgoing = request({
      method: "GET",
      path: req.url ?? "/",
      headers,
      createConnection: () => device,
      maxHeaderSize: limits.httpHeadBytes,
      timeout: limits.deviceReplyMs,
    });
    outgoing.once("timeout", () => outgoing.destroy());
    outgoing.on("error", reject);
    outgoing.once("upgrade", (message, socket, head) => {
      // A 101 to anything but what was asked would be a tunnel that nobody decided on.
      if (valuesOf(message.rawHeaders, "upgrade").join().toLowerCase() !== "websocket") {
        socket.destroy();
        return reject(new GenkanError("device-unreachable"));
      }
      resolve({ message, socket, head });
    });
    outgoing.once("response", (message) => resolve({ message, socket: undefined, head: Buffer.alloc(0) }));
    outgoing.end();
  });
}
