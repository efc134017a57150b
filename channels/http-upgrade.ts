import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { GenkanError } from "../protocol/error.ts";
import type { DeviceSide } from "./channel.ts";
import { AnswerReader } from "./http-answer.ts";
import { answerFields } from "./http-answer-fields.ts";
import { answerPage } from "./http-device-page.ts";
import { exchange } from "./http-exchange.ts";
import { pairs } from "./http-field.ts";
import type { AnswerHead } from "./http-head.ts";
import type { Page } from "./http-page.ts";
import { requestFields } from "./http-request-fields.ts";
import { HttpRow } from "./http-row.ts";
import { reasonPhrase } from "./http-status.ts";
import { UnreadableAnswer } from "./http-unreadable.ts";
import type { Ends } from "./http-url.ts";
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
  const { tap } = o.device;
  const row = new HttpRow(tap, req, "websocket");
  const waiting = waitFor(o.socket, o.head, () => tap.refused("bad-request"));
  waiting.left.addEventListener("abort", () => o.socket.destroy());
  let device: Socket | undefined;
  let switched: AnswerHead | undefined;
  const reader = new AnswerReader(
    { method: "GET", upgrade: true, bare: false },
    {
      head: (head, framing) => {
        row.status = head.status;
        if (head.status === 101) switched = head;
        else res.writeHead(head.status, reasonPhrase(head.status, head.phrase), answerFields(head, framing, o.ends));
      },
      body: (bytes) => {
        row.count("down", bytes.length);
        if (res.write(bytes)) return;
        device?.pause();
        res.once("drain", () => device?.resume());
      },
    },
  );
  try {
    device = await o.device.dial();
    await exchange(device, handshake(req, o.ends), reader, waiting.left);
    waiting.left.throwIfAborted();
  } catch (error) {
    device?.destroy();
    failed(error, res, o);
    return row.close();
  }
  for (const one of reader.odd) row.odd.add(one);
  if (!switched) {
    device.destroy();
    if (o.socket.closed) row.close();
    else o.socket.once("close", () => row.close());
    return void (reader.whole ? res.end() : setImmediate(() => o.socket.end(() => o.socket.destroy())));
  }
  waiting.stop();
  res.detachSocket(o.socket as Socket);
  o.socket.write(acceptance(switched, o.ends), "latin1");
  if (reader.rest.length > 0) device.unshift(reader.rest);
  const relayed = relay(o.socket, device, (direction, bytes) => row.count(direction, bytes));
  o.socket.resume();
  device.resume();
  await relayed;
  row.close();
}

function handshake(req: IncomingMessage, ends: Ends) {
  const fields = requestFields(req.rawHeaders, ends, { connection: "Upgrade", length: undefined });
  // A browser names it behind Connection and what keeps caches away.
  return {
    method: "GET",
    target: req.url ?? "/",
    fields: [...fields.slice(0, 4), "Upgrade", "websocket", ...fields.slice(4)],
  };
}

function acceptance(head: AnswerHead, ends: Ends): string {
  const fields = ["Connection", "Upgrade", "Upgrade", "websocket", ...answerFields(head, { kind: "none" }, ends)];
  const lines = [...pairs(fields)].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`;
}

function failed(error: unknown, res: ServerResponse, o: UpgradeOptions): void {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const told =
    error instanceof GenkanError || error instanceof UnreadableAnswer ? error : new GenkanError("link-closed");
  if (told instanceof UnreadableAnswer && told.why !== "no-answer") o.device.tap.refused("device-unreadable");
  o.page(res, answerPage(told));
}
