import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { faceOrigin } from "../../../authority/hosts.ts";
import { limits } from "../../../protocol/limits.ts";
import { hosts } from "../authority/world.ts";
import { Faces } from "./world.ts";

/** A portal whose list of devices is longer than what kernels hold of a connection. */
async function served() {
  const f = await Faces.open();
  const model = "x".repeat(limits.unreadAnswerBytes / 2);
  await f.world.store.db.updateTable("device").set({ model }).execute();
  const app = await f.app("portal");
  await app.listen({ host: "127.0.0.1", port: 0 });
  const sockets = new Set<Socket>();
  app.server.on("connection", (socket: Socket) => void sockets.add(socket));
  const { port } = app.server.address() as AddressInfo;
  const { host } = new URL(faceOrigin(hosts, "portal"));
  const cookie = `__Host-genkan=${await f.token("technician")}`;
  const list = `GET /api/devices HTTP/1.1\r\nhost: ${host}\r\ncookie: ${cookie}\r\nsec-fetch-site: same-origin\r\n\r\n`;
  const page = `GET / HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`;
  const open = () => {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    return socket.on("error", () => {});
  };
  return { server: app.server, sockets, list, page, open };
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once("close", resolve));

test("what one caller asks for and does not read is bounded, and others are answered meanwhile", async () => {
  const { server, sockets, list, page, open } = await served();
  const readers = Array.from({ length: 4 }, () => open().pause());
  // Whoever does not read does not see the end either; the portal's own side tells.
  const ended = new Promise((resolve) =>
    server.on("connection", (socket: Socket) => void socket.once("close", resolve)),
  );
  for (const reader of readers) reader.write(list.repeat(limits.pipelinedRequests));
  await ended;
  const unread = [...sockets].reduce((sum, socket) => sum + socket.writableLength, 0);
  expect(unread).toBeLessThanOrEqual(2 * limits.unreadAnswerBytes);
  let answer = "";
  const other = open().setEncoding("utf8");
  other.on("data", (part: string) => {
    answer += part;
  });
  other.write(page);
  await closed(other);
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
});

test("an answer that was read counts no more, however many there were", async () => {
  const { list, open } = await served();
  const reader = open();
  let bytes = 0;
  let asked = 0;
  const ask = () => {
    asked += 1;
    reader.write(list);
  };
  reader.on("data", (part) => {
    bytes += part.length;
    if (bytes >= 4 * limits.unreadAnswerBytes) reader.end();
    // The next one only when this one is here, as a browser does.
    else if (bytes >= (asked * limits.unreadAnswerBytes) / 2) ask();
  });
  ask();
  await closed(reader);
  expect(bytes).toBeGreaterThanOrEqual(4 * limits.unreadAnswerBytes);
});

test("a reader who stands still is given up", async () => {
  const { server } = await served();
  expect(server.timeout).toBe(limits.answerStallMs);
});
