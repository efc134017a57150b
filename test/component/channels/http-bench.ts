import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { BrowserEntrance } from "../../../agent/entrance.ts";
import type { ChannelOptions } from "../../../channels/channel.ts";
import { HttpChannel } from "../../../channels/http.ts";
import { listen } from "../../../link/listen.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { TestDeviceSide } from "./bench.ts";

/** A request as a device reads it, byte for byte. */
export interface Heard {
  readonly head: string;
  readonly body: Buffer;
  /** Which connection it came on, and which request of it this is; both from 1. */
  readonly connection: number;
  readonly nth: number;
}

export interface RawDevice {
  readonly port: number;
  readonly heard: Heard[];
  readonly sockets: Socket[];
}

/** A device that reads requests by their own word, unless `deaf` to bodies, and answers what it is told to. */
export async function rawDevice(
  answer: (heard: Heard, socket: Socket) => void,
  o: { deaf?: boolean } = {},
): Promise<RawDevice> {
  const heard: Heard[] = [];
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    const connection = sockets.length;
    let nth = 0;
    let bytes: Buffer = Buffer.alloc(0);
    socket
      .on("error", () => {})
      .on("data", (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        for (let end = bytes.indexOf("\r\n\r\n"); end >= 0; end = bytes.indexOf("\r\n\r\n")) {
          const head = bytes.toString("latin1", 0, end);
          const length = o.deaf ? 0 : Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
          if (bytes.length < end + 4 + length) return;
          const body = bytes.subarray(end + 4, end + 4 + length);
          bytes = bytes.subarray(end + 4 + length);
          nth += 1;
          const one = { head, body, connection, nth };
          heard.push(one);
          answer(one, socket);
        }
      });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, heard, sockets };
}

export const page = (body: string, ...fields: string[]) =>
  ["HTTP/1.1 200 OK", `Content-Length: ${Buffer.byteLength(body)}`, ...fields, "", body].join("\r\n");

/** A channel that somebody has entered, before this device. */
export async function enteredChannel(port: number, granted: ChannelOptions["granted"] = []) {
  const device = new TestDeviceSide(port);
  const clients: Socket[] = [];
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    onSocket(socket) {
      clients.push(socket);
      channel.accept(socket);
    },
  });
  const host = `http-x7.access.localhost:${listener.port}`;
  const entrance = new BrowserEntrance({ host, prove: async () => {}, entered: () => {} });
  const channel = new HttpChannel({ device, entrance, granted, log: silentProgramLog, scheme: "http" });
  onTestFinished(() => {
    listener.close();
    channel.end("ended-by-technician");
    for (const socket of [...clients, ...device.sockets]) socket.destroy();
  });
  const form = "session=s&proof=good";
  const enter = `POST /.genkan/enter HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n${form}`;
  const first = new Client(listener.port, host, "");
  const cookie = /__Host-genkan=[\w-]{43}/.exec(await first.say(enter))?.[0] ?? "";
  return { device, host, cookie, browser: () => new Client(listener.port, host, cookie) };
}

/** One connection of a browser, which says requests byte for byte and reads one answer after the other. */
export class Client {
  readonly socket: Socket;
  readonly #host: string;
  readonly #cookie: string;
  #got = "";
  #closed = false;

  constructor(port: number, host: string, cookie: string) {
    this.#host = host;
    this.#cookie = cookie;
    this.socket = connect(port, "127.0.0.1").on("error", () => {});
    this.socket.on("data", (chunk) => (this.#got += chunk.toString("latin1")));
    this.socket.once("close", () => (this.#closed = true));
    onTestFinished(() => void this.socket.destroy());
  }

  /** A request of whoever has entered. */
  ask(line: string, fields: readonly string[] = [], body = ""): Promise<string> {
    const all = [`${line} HTTP/1.1`, `Host: ${this.#host}`, `Cookie: ${this.#cookie}`, ...fields];
    if (body !== "") all.push(`Content-Length: ${Buffer.byteLength(body)}`);
    return this.say(`${all.join("\r\n")}\r\n\r\n${body}`, line.startsWith("HEAD"));
  }

  /** Sends these bytes and takes the answer, or everything up to the end of the connection. */
  async say(bytes: string, headOnly = false): Promise<string> {
    this.#got = "";
    this.socket.write(bytes, "latin1");
    while (!this.#closed && !isWhole(this.#got, headOnly)) await new Promise((resolve) => setTimeout(resolve, 2));
    return this.#got;
  }
}

function isWhole(got: string, headOnly: boolean): boolean {
  const end = got.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const head = got.slice(0, end);
  const length = /^content-length: (\d+)$/im.exec(head)?.[1];
  if (headOnly || length !== undefined) return headOnly || got.length >= end + 4 + Number(length);
  return /^transfer-encoding: chunked$/im.test(head) ? got.endsWith("0\r\n\r\n") : true;
}
