import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { connect as tlsConnect } from "node:tls";
import { onTestFinished } from "vitest";

/** A server on a free port of loopback that ends with the test. */
export async function serve(onSocket: (socket: Socket) => void, options: object = {}): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true, ...options }, (socket) => {
    socket.on("error", () => {});
    onTestFinished(() => void socket.destroy());
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A connected client that ends with the test. */
export async function dial(port: number): Promise<Socket> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

/** Two ends of one TCP connection. */
export async function tcpPair(options: object = {}): Promise<{ client: Socket; server: Socket }> {
  const { promise, resolve } = Promise.withResolvers<Socket>();
  const port = await serve(resolve, options);
  return { client: await dial(port), server: await promise };
}

/** Everything that still arrives until the socket closes, and whether it closed by an error (a reset). Answers an end. */
export function drain(socket: Socket): Promise<{ bytes: Buffer; reset: boolean }> {
  const chunks: Buffer[] = [];
  let reset = false;
  socket.on("error", () => (reset = true));
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => socket.end());
  return new Promise((resolve) => socket.once("close", () => resolve({ bytes: Buffer.concat(chunks), reset })));
}

export const sleep = (ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms));

/** Waits until `ready`, and fails the test by its time limit otherwise. */
export async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await sleep(5);
}

/**
 * What is a number that grows while something flows, and that stays when it is held up: resolves with it once it has stood still
 * for twenty looks, between which everything in this process had its turn; never while it grows.
 */
export async function settled(read: () => number): Promise<number> {
  let last = read();
  for (let still = 0; still < 20; ) {
    await sleep(5);
    const now = read();
    still = now === last ? still + 1 : 0;
    last = now;
  }
  return last;
}

/**
 * Resolves when whatever was sent before in this process, over `hops` connections one after another, has been taken and answered:
 * a byte of its own has made so many round trips meanwhile. What has not happened by then, does not happen for what was sent.
 */
export async function fence(hops = 2): Promise<void> {
  const { client, server } = await tcpPair();
  server.on("data", (chunk: Buffer) => server.write(chunk));
  for (let hop = 0; hop < hops; hop++) {
    client.write("f");
    await once(client, "data");
    // Timers that are due, and what follows from them, before the next one goes.
    await sleep(1);
  }
  client.destroy();
}

/** Lets everything that needs no socket and no clock go on, as far as it goes. */
export async function turns(count = 50): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** The first flight of a real TLS client, which writes it as one record before it hears anything. */
export async function realHello(options: object): Promise<Buffer> {
  const [near, far] = duplexPair();
  const client = tlsConnect({ socket: near, rejectUnauthorized: false, ...options });
  client.on("error", () => {});
  let held = Buffer.alloc(0);
  for await (const chunk of far) {
    held = Buffer.concat([held, chunk as Buffer]);
    if (held.length >= 5 && held.length >= 5 + held.readUInt16BE(3)) break;
  }
  client.destroy();
  return held;
}
