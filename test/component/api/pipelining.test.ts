import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { faceOrigin } from "../../../authority/hosts.ts";
import { limits } from "../../../protocol/limits.ts";
import { dial, drain } from "../../unit/link/sockets.ts";
import { hosts } from "../authority/world.ts";
import { Faces } from "./world.ts";

/** The portal's server on a port, and how many of its connections are open. */
async function listening() {
  const app = await (await Faces.open()).app("portal");
  let open = 0;
  app.server.on("connection", (socket) => {
    open++;
    socket.once("close", () => open--);
  });
  await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.server.closeAllConnections());
  return { port: (app.server.address() as AddressInfo).port, open: () => open };
}

const head = `Host: ${new URL(faceOrigin(hosts, "portal")).host}\r\n`;
const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhl\r\n";
const page = `GET / HTTP/1.1\r\n${head}\r\n`;

test.each([
  ["more requests than may wait for their answer", page.repeat(limits.pipelinedRequests + 1)],
  [
    "more with an unknown expectation",
    page.replace("\r\n\r\n", "\r\nExpect: x\r\n\r\n").repeat(limits.pipelinedRequests + 1),
  ],
  ["an upgrade behind a request that waits for its answer", `${page}GET /api/events HTTP/1.1\r\n${head}${upgrade}\r\n`],
])("a connection that sends %s is closed, and takes no place any more", async (_what, bytes) => {
  const { port, open } = await listening();
  const socket = await dial(port);
  socket.write(bytes);
  await drain(socket);
  expect(open()).toBe(0);
});

test("as many as may wait are answered, one after another", async () => {
  const { port } = await listening();
  const socket = await dial(port);
  const last = page.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n");
  socket.write(page.repeat(limits.pipelinedRequests - 1) + last);
  const { bytes } = await drain(socket);
  expect(bytes.toString().match(/HTTP\/1\.1 200 OK/g)).toHaveLength(limits.pipelinedRequests);
});
