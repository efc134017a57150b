import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { NativeEntrance } from "../../../agent/entrance.ts";
import { HttpChannel } from "../../../channels/http.ts";
import { listen } from "../../../link/listen.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { TestDeviceSide } from "./bench.ts";

/** A channel as the command line reaches it: behind a port on localhost, in front of a device that answers "page". */
async function portOnLocalhost() {
  const seen: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    seen.push(req);
    req.resume();
    res.end("page");
  });
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket, req) => {
    seen.push(req);
    socket.on("message", (data: Buffer) => socket.send(`echo ${data.toString()}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const device = new TestDeviceSide((server.address() as AddressInfo).port);
  const channel = new HttpChannel({
    device,
    entrance: new NativeEntrance(),
    granted: [],
    log: silentProgramLog,
    scheme: "http",
  });
  const clients: Socket[] = [];
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    onSocket(socket) {
      clients.push(socket);
      channel.accept(socket);
    },
  });
  onTestFinished(() => {
    listener.close();
    channel.end("ended-by-technician");
    for (const socket of [...clients, ...device.sockets]) socket.destroy();
    server.closeAllConnections();
    server.close();
  });
  const { port } = listener;
  const say = async (...head: string[]) => {
    const socket = connect(port, "127.0.0.1");
    socket.write([...head, "Connection: close", "", ""].join("\r\n"));
    return text(socket);
  };
  return { port, device, seen, say };
}

test("what a tool asks by the port on localhost is recorded row by row, without a form or a cookie", async () => {
  const { port, device, say } = await portOnLocalhost();
  for (const host of [`127.0.0.1:${port}`, `LocalHost:${port}`, `[::1]:${port}`]) {
    expect(await say("GET /settings?x=1 HTTP/1.1", `Host: ${host}`)).toMatch(/^HTTP\/1\.1 200 OK\r\n.*page$/s);
  }
  expect(device.entries.map(({ kind }) => kind)).toEqual(["http", "http", "http"]);
  expect(device.entries[0]).toMatchObject({ method: "GET", status: 200, down: 4 });
  expect(device.refusals).toEqual([]);
});

test("a tool's headers follow the same rule as a browser's, and the device is asked under its own name", async () => {
  const { port, device, seen, say } = await portOnLocalhost();
  await say(
    "POST /x HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    "X-Forwarded-For: 10.0.0.1",
    "X-Remote-User: admin",
    "Content-Length: 0",
  );
  expect(seen[0]?.headers).toMatchObject({
    host: `127.0.0.1:${device.port}`,
    origin: `http://127.0.0.1:${device.port}`,
  });
  expect(Object.keys(seen[0]?.headers ?? {})).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^x-(forwarded-for|remote-user)$/)]),
  );
});

test("a WebSocket goes the same way", async () => {
  const { port, device } = await portOnLocalhost();
  const socket = new WebSocket(`ws://127.0.0.1:${port}/events`);
  const answer = new Promise((resolve) => socket.once("message", (data: Buffer) => resolve(data.toString())));
  socket.once("open", () => socket.send("ward 3"));
  expect(await answer).toBe("echo ward 3");
  const closed = new Promise((resolve) => socket.once("close", resolve));
  socket.close();
  await closed;
  await expect.poll(() => device.entries).toMatchObject([{ kind: "http", upgrade: "websocket", status: 101 }]);
});

test.each([
  ["a name that somebody points to this computer", "Host: rebound.example"],
  ["such a name with the port", "Host: rebound.example:{port}"],
  ["a name that begins like this computer", "Host: 127.0.0.1.rebound.example:{port}"],
  ["a name that begins like localhost", "Host: localhost.rebound.example"],
  ["a name below localhost", "Host: device.localhost:{port}"],
  ["a user before the name", "Host: rebound.example@127.0.0.1:{port}"],
  ["another address of this computer", "Host: 0.0.0.0:{port}"],
  ["a number that is the address", "Host: 2130706433:{port}"],
  ["no name", "Accept: */*"],
  ["an empty name", "Host:"],
  ["two names", "Host: 127.0.0.1:{port}\r\nHost: rebound.example"],
])("under %s it is refused with a page that says so, and the device hears nothing", async (_what, line) => {
  const { port, device, seen, say } = await portOnLocalhost();
  const answer = await say("GET /settings HTTP/1.0", line.replaceAll("{port}", String(port)));
  expect(answer).toMatch(/^HTTP\/1\.1 421 /);
  expect(answer).toContain("http://127.0.0.1:PORT/");
  expect(seen).toEqual([]);
  expect(device.refusals).toEqual(["host-mismatch"]);
  expect(device.entries).toEqual([]);
});

test.each([
  ["a picture that another page wants", ["GET /reboot HTTP/1.1", "Sec-Fetch-Site: cross-site"]],
  ["a link on a page of another port of this computer", ["GET /reboot HTTP/1.1", "Sec-Fetch-Site: same-site"]],
  [
    "a form that another page sends",
    ["POST /reboot HTTP/1.1", "Origin: https://elsewhere.example", "Content-Length: 0"],
  ],
  ["another page's WebSocket", ["GET /events HTTP/1.1", "Origin: https://elsewhere.example", "Upgrade: websocket"]],
])("%s is refused with a page that says so, and the device hears nothing", async (_what, head) => {
  const { port, device, seen, say } = await portOnLocalhost();
  const answer = await say(...head, `Host: 127.0.0.1:${port}`);
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
  expect(seen).toEqual([]);
  expect(device.refusals).toEqual(["origin-refused"]);
});
