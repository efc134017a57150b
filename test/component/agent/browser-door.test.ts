import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { BrowserDoor } from "../../../agent/browser-door.ts";
import type { Doorway } from "../../../agent/door.ts";
import type { Entrance } from "../../../channels/entrance.ts";
import { HttpChannel } from "../../../channels/http.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { TestDeviceSide, until } from "../channels/bench.ts";
import { page, rawDevice } from "../channels/http-bench.ts";

/** A door before a device, whose legs are connections to a port of this process. */
async function door() {
  const raw = await rawDevice((_, socket) => socket.write(page("device")));
  const device = new TestDeviceSide(raw.port);
  const arrived: Socket[] = [];
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    arrived.push(socket.on("error", () => {}));
    // A leg is handed over with its client's first byte in its buffer.
    socket.once("readable", () => browserDoor.accept({ stream: socket, raw: socket }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `http-x7.access.localhost:${port}`;
  const way = {
    certificate: undefined,
    admission: { ticket: { host, session: "ses_1" } },
    channel: (entrance: Entrance) =>
      new HttpChannel({ device, entrance, granted: [], log: silentProgramLog, scheme: "http" }),
    prove: async () => {},
  } as Partial<Record<keyof Doorway, unknown>> as unknown as Doorway & { admission: object };
  const browserDoor = new BrowserDoor(way);
  onTestFinished(() => {
    browserDoor.end("ended-by-technician");
    for (const socket of arrived) socket.destroy();
    server.close();
  });
  const come = (bytes: string) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes)).on("error", () => {});
    let text = "";
    let closed = false;
    socket.on("data", (chunk) => (text += chunk.toString())).once("close", () => (closed = true));
    onTestFinished(() => void socket.destroy());
    return { socket, text: () => text, closed: () => closed };
  };
  return { host, come, arrived };
}

test("a full house asks whoever has shown nothing to leave first, and never who has entered", async () => {
  const { host, come, arrived } = await door();
  const form = "session=ses_1&proof=good";
  const post = `POST /.genkan/enter HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded`;
  const technician = come(`${post}\r\nContent-Length: ${form.length}\r\n\r\n${form}`);
  await until(() => technician.text().startsWith("HTTP/1.1 303 "), "entered");
  const cookie = /__Host-genkan=[\w-]{43}/.exec(technician.text())?.[0];
  const second = come(`GET /1 HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
  await until(() => second.text().endsWith("device"), "a page on another connection");

  const stalled = Array.from({ length: limits.connectionsPerSession }, () =>
    come(`${post}\r\nContent-Length: 9\r\n\r\n`),
  );
  await until(() => arrived.length === stalled.length + 2, "everybody there");
  const gone = () => stalled.filter((one) => one.closed()).length;
  await until(() => gone() === stalled.length - limits.strangersPerSession, "all but some asked to leave");

  for (const one of [technician, second]) {
    const before = one.text().split("device").length;
    one.socket.write(`GET /2 HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
    await until(() => one.text().split("device").length > before, "a page after the flood");
    expect(one.closed()).toBe(false);
  }
  const newcomer = come(`GET /3 HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`);
  await until(() => newcomer.text().endsWith("device"), "a page on a new connection");
});
