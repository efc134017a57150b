import { createHash, randomBytes } from "node:crypto";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, expect, test } from "vitest";
import { TcpChannel } from "../../../channels/tcp.ts";
import { Multiplexer } from "../../../link/multiplexer.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { settled } from "../../unit/link/sockets.ts";
import { TestDeviceSide, until } from "./bench.ts";

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Both ends of the client's link over one TCP connection, proven, with the agent's end in front of `device`. */
async function linkTo(device: TestDeviceSide) {
  const carried: Promise<void>[] = [];
  const agentSide = Promise.withResolvers<Multiplexer>();
  const port = await portOf(
    createServer((socket) => {
      cleanup.push(() => socket.destroy());
      agentSide.resolve(
        new Multiplexer(socket, {
          role: "agent",
          log: silentProgramLog,
          onStream: (stream) => carried.push(new TcpChannel(device).carry(stream)),
          onClose() {},
        }),
      );
    }),
  );
  const socket = connect(port, "127.0.0.1");
  cleanup.push(() => socket.destroy());
  const client = new Multiplexer(socket, { role: "client", log: silentProgramLog, onClose() {} });
  const proving = client.prove("proof");
  const agent = await agentSide.promise;
  await agent.proof();
  agent.ready({ windowEnd: "2026-01-01T00:00:00.000Z" });
  await proving;
  return { client, agent, carried };
}

async function collect(stream: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test("a stream is one connection to the device; its end travels in each direction on its own", async () => {
  const port = await portOf(
    createServer({ allowHalfOpen: true }, (socket) => {
      void collect(socket).then((asked) => socket.end(Buffer.concat([Buffer.from("after your end: "), asked])));
    }),
  );
  const device = new TestDeviceSide(port);
  const { client, carried } = await linkTo(device);
  const payload = randomBytes(3_000_000);
  const stream = client.open();
  stream.end(payload);
  const answer = await collect(stream);
  expect(sha(answer.subarray(16))).toBe(sha(payload));
  await Promise.all(carried);
  expect(device.entries).toEqual([
    expect.objectContaining({ kind: "tcp", up: payload.length, down: payload.length + 16 }),
  ]);
  expect(device.counts).toEqual({ up: payload.length, down: payload.length + 16 });
});

test("a device that can't be dialled, or may not be, refuses the stream with its code and leaves the link alone", async () => {
  const device = new TestDeviceSide(1);
  const { client } = await linkTo(device);
  const refused = (stream: Duplex) => new Promise<unknown>((resolve) => stream.once("error", resolve));
  expect(await refused(client.open())).toMatchObject({ code: "device-unreachable" });
  device.refuse = new GenkanError("target-not-listed");
  expect(await refused(client.open())).toMatchObject({ code: "target-not-listed" });
  expect(device.entries).toEqual([]);
  expect(device.refusals).toEqual(["device-unreachable"]);
});

test("a client that breaks off resets the device's connection, and a device's reset breaks off the client", async () => {
  const sockets: Socket[] = [];
  const errors: (string | undefined)[] = [];
  const port = await portOf(
    createServer((socket) => {
      sockets.push(socket);
      socket.on("error", (error: NodeJS.ErrnoException) => errors.push(error.code));
      socket.resume();
    }),
  );
  const device = new TestDeviceSide(port);
  const { client, carried } = await linkTo(device);
  const first = client.open();
  first.on("error", () => {});
  first.write("half a transfer");
  await until(() => device.counts.up > 0, "the first bytes");
  first.destroy();
  await until(() => errors.length === 1, "the device's error");
  expect(errors).toEqual(["ECONNRESET"]);

  const second = client.open();
  const broken = new Promise<unknown>((resolve) => second.once("error", resolve));
  second.write("x");
  await until(() => sockets.length === 2, "the second connection");
  sockets[1]?.resetAndDestroy();
  expect(await broken).toBeInstanceOf(GenkanError);
  await Promise.all(carried);
  expect(device.entries).toHaveLength(2);
});

test("a device that nobody reads is stopped, not buffered", async () => {
  let written = 0;
  const port = await portOf(
    createServer((socket) => {
      socket.on("error", () => {});
      const more = () => {
        do written += 65_536;
        while (written < 256 * 1024 * 1024 && socket.write(Buffer.alloc(65_536)));
        if (written < 256 * 1024 * 1024) socket.once("drain", more);
      };
      more();
    }),
  );
  const device = new TestDeviceSide(port);
  const { client } = await linkTo(device);
  const stream = client.open();
  stream.on("error", () => {});
  await until(() => device.counts.down > 0, "the first bytes");
  await settled(() => written);
  expect(device.counts.down).toBeLessThan(1024 * 1024);
  expect(written).toBeLessThan(64 * 1024 * 1024);
});
