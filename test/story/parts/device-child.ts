import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { parseArgs } from "node:util";

import { startVentilator } from "../../../sample/ventilator.ts";
import { selfSigned } from "../../parts/self-signed.ts";
import { behaviours } from "../../world/quirks/behaviour.ts";
import { QuirkDevice } from "../../world/quirks/device.ts";
import { messages, refusals } from "../../world/quirks/message.ts";

import { Flood } from "./flood.ts";

// --host: address of the devices. --canary: addresses on which everything that a sweep might look for is open.
const { values: options } = parseArgs({
  options: { host: { type: "string", default: "127.0.0.1" }, canary: { type: "string", multiple: true, default: [] } },
});

/** What a technician would try first: shells, pages, files, databases, desktops, and what medical devices speak. */
const canaryPorts = [21, 22, 23, 80, 102, 104, 139, 443, 445, 502, 1433, 2575, 3306, 3389, 5432, 5900, 8080, 9100];
const canaryUdpPorts = [53, 161];

const tell = (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`);

/** Reached by nobody if all is well; whoever reaches it is told. */
function watch(address: string, port: number, kind: "unlisted" | "canary"): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      tell({ event: "reached", kind, address, port: socket.localPort, from: socket.remoteAddress });
      socket.on("error", () => {});
      socket.end("reached\n");
    });
    server.once("error", reject);
    server.listen(port, address, () => {
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : 0);
    });
  });
}

/** Answers whatever comes, as a device's own management port would. */
function echo(address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createSocket("udp4");
    socket.once("error", reject);
    socket.on("message", (message, from) => {
      tell({ event: "reached", kind: "canary", address, port, from: from.address });
      socket.send(message, from.port, from.address);
    });
    socket.bind(port, address, () => resolve());
  });
}

const flood = await Flood.start(options.host);
const quirks = await QuirkDevice.start([...messages, ...behaviours, ...refusals], options.host);
const ventilator = await startVentilator({ host: options.host, port: 0, newCertificate: () => selfSigned() });
const unlisted = await watch(options.host, 0, "unlisted");
// One more on the device itself, which the story puts into the agent's own list: only grants keep anybody from it.
const listed = await watch(options.host, 0, "canary");
for (const address of options.canary) {
  await Promise.all(canaryPorts.map((port) => watch(address, port, "canary")));
  await Promise.all(canaryUdpPorts.map((port) => echo(address, port)));
}
for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => process.exit(0));
tell({
  event: "listening",
  flood: flood.port,
  ventilator: ventilator.port,
  quirks: quirks.port,
  unlisted,
  listed,
  canaries: canaryPorts,
});
