import { createServer } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Server, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { BrowserEntrance } from "../../agent/entrance.ts";
import { HttpChannel } from "../../channels/http.ts";
import { type Listener, listen } from "../../link/listen.ts";
import { silentProgramLog } from "../../protocol/program-log.ts";
import { TestDeviceSide, until } from "../component/channels/bench.ts";

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A session's web service that a browser has entered, and a way to send it bytes as they are. */
async function entered(devicePort: number) {
  const device = new TestDeviceSide(devicePort);
  const sockets: Socket[] = [];
  const listener: Listener = await listen({
    host: "127.0.0.1",
    port: 0,
    onSocket: (socket) => {
      sockets.push(socket);
      channel.accept(socket);
    },
  });
  const host = `http-x7.access.localhost:${listener.port}`;
  const entrance = new BrowserEntrance({ host, prove: async () => {}, entered: () => {} });
  const channel = new HttpChannel({ device, entrance, granted: [], log: silentProgramLog, scheme: "http" });
  onTestFinished(() => {
    listener.close();
    channel.end("ended-by-technician");
    for (const socket of [...sockets, ...device.sockets]) socket.destroy();
  });
  /** What comes back until the connection is closed, or `quietMs` after its first byte. */
  const send = (text: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = connect(listener.port, "127.0.0.1");
      let answer = "";
      const done = () => {
        socket.destroy();
        resolve(answer);
      };
      socket.on("error", done);
      socket.once("close", done);
      socket.on("data", (data) => {
        answer += data.toString("latin1");
        if (answer.includes("\r\n\r\n")) setTimeout(done, 30);
      });
      socket.write(text, "latin1");
    });
  const form = "session=ses_1&proof=good";
  const type = "application/x-www-form-urlencoded";
  const head = `host: ${host}\r\norigin: http://portal.localhost\r\ncontent-type: ${type}`;
  const answer = await send(`POST /.genkan/enter HTTP/1.1\r\n${head}\r\ncontent-length: ${form.length}\r\n\r\n${form}`);
  const cookie = /__Host-genkan=[^;]+/.exec(answer)?.[0] ?? "";
  expect(cookie).not.toBe("");
  return {
    device,
    host,
    send,
    cookie,
    get: (line: string, more = "") => `${line}\r\nhost: ${host}\r\ncookie: ${cookie}\r\n${more}\r\n`,
  };
}

describe("A23: every proxied operation has a row", () => {
  test("A23: however oddly a request is written, it is a row, or refused with a row, and never neither", async () => {
    let reached = 0;
    const port = await listening(
      createServer((_, res) => {
        reached += 1;
        res.end("ok");
      }),
    );
    const { device, send, get } = await entered(port);
    const odd = [
      get("GET / HTTP/1.1"),
      get("GET //evil.example/ HTTP/1.1"),
      get("GET /%00%ff%2e%2e%2f HTTP/1.1"),
      get("GET /a/../../b?c=%zz HTTP/1.1"),
      get("GET /\xe9\xff HTTP/1.1"),
      get("DELETE /x HTTP/1.1", "origin: null\r\n"),
      get("REPORT /x HTTP/1.1"),
      get("M-SEARCH * HTTP/1.1"),
      get("OPTIONS * HTTP/1.1"),
      get("GET http://169.254.169.254/ HTTP/1.1"),
      get("GET /.genkan/anything HTTP/1.1"),
      get("GET / HTTP/1.1", "x: a\r\n b\r\n"),
      get("GET / HTTP/1.1", "content-length: 3\r\ntransfer-encoding: chunked\r\n"),
      get("GET / HTTP/1.1", "content-length: 1\r\ncontent-length: 2\r\n"),
      get("POST / HTTP/1.1", "transfer-encoding: chunked, identity\r\n"),
      get("GET / HTTP/9.9"),
      get("GET / HTTP/1.1", "x\0y: z\r\n"),
      get("GET / HTTP/1.1", ": z\r\n"),
      "\x16\x03\x01\x00\x05hello",
      "\r\n\r\nNOT HTTP AT ALL\r\n\r\n",
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ];
    for (const [index, bytes] of odd.entries()) {
      const before = device.entries.length + device.refusals.length;
      await send(bytes);
      const rows = () => device.entries.length + device.refusals.length - before;
      await until(() => rows() >= 1, `a row of odd request ${index}: ${JSON.stringify(bytes.slice(0, 60))}`);
    }
    // What reached the device and what stands in the recording are one number.
    expect(device.entries.filter(({ kind }) => kind === "http")).toHaveLength(reached);
  });

  test("A23: several requests behind each other on one connection are as many rows", async () => {
    const port = await listening(createServer((_, res) => res.end("ok")));
    const { device, send, get } = await entered(port);
    await send(Array.from({ length: 5 }, (_, n) => get(`GET /${n} HTTP/1.1`)).join(""));
    await until(() => device.entries.length === 5, "five rows");
    expect(device.entries.map((entry) => (entry.kind === "http" ? entry.path : ""))).toEqual(
      Array.from({ length: 5 }, (_, n) => `/${n}`),
    );
  });
});

describe("A12: an identity that is told to a device in a header", () => {
  test("A12: is stripped on the WebSocket path too, in every case, doubled, and with underscores", async () => {
    const heads: string[] = [];
    const port = await listening(
      createTcp((socket) => {
        socket.on("error", () => {});
        socket.once("data", (data) => {
          heads.push(data.toString("latin1").toLowerCase());
          socket.end("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
        });
      }),
    );
    const { host, send, get } = await entered(port);
    const spoofed = [
      "Remote-User",
      "REMOTE_USER",
      "x_forwarded_for",
      "X-Forwarded-For",
      "X-Genkan-Person",
      "Forwarded",
    ];
    const lines = [...spoofed, ...spoofed].map((name) => `${name}: root\r\n`).join("");
    const upgrade = `upgrade: websocket\r\nconnection: upgrade\r\norigin: http://${host}\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n`;
    await send(get("GET /socket HTTP/1.1", `${upgrade}${lines}`));
    await until(() => heads.length === 1, "the handshake at the device");
    expect(heads[0]).toContain("upgrade: websocket");
    expect(heads[0]).not.toContain("root");
    expect(heads[0]).not.toContain("__host-genkan");
  });
});

describe("A5: a way past the record", () => {
  const tunnel = "ways past";

  /** A device that switches protocols whenever it is asked for something, and then talks as it likes. */
  async function switching(heads: string[], upgrade: string) {
    const server = createTcp((socket) => {
      socket.on("error", () => {});
      socket.on("data", (data) => {
        heads.push(data.toString("latin1").toLowerCase());
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: ${upgrade}\r\n\r\n${tunnel}`);
      });
    });
    return entered(await listening(server));
  }

  test.each(["h2c", "TLS/1.0", "websocket, h2c", "irc/6.9"])(
    "A5: an upgrade to %s is asked of no device, and no bytes flow behind it",
    async (protocol) => {
      const heads: string[] = [];
      const { send, get } = await switching(heads, protocol);
      const answer = await send(get("GET / HTTP/1.1", `connection: upgrade\r\nupgrade: ${protocol}\r\n`));
      await until(() => heads.length === 1, "the request at the device");
      expect(heads[0]).not.toContain("upgrade:");
      expect(answer).not.toMatch(/^HTTP\/1\.1 101/);
      expect(answer).not.toContain(tunnel);
    },
  );

  test("A5: a device that answers a WebSocket's handshake by another protocol gets no tunnel", async () => {
    const heads: string[] = [];
    const { send, get, host, device } = await switching(heads, "h2c");
    const fields = `upgrade: websocket\r\nconnection: upgrade\r\norigin: http://${host}\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n`;
    const answer = await send(get("GET /socket HTTP/1.1", fields));
    expect(heads).toHaveLength(1);
    expect(answer).not.toMatch(/^HTTP\/1\.1 101/);
    expect(answer).not.toContain(tunnel);
    await until(() => device.entries.length === 1, "its row");
  });
});
