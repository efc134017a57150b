import { once } from "node:events";
import { createServer as createHttp, type Server } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { duplexPair } from "node:stream";
import { BrowserEntrance } from "../../../agent/entrance.ts";
import { HttpChannel } from "../../../channels/http.ts";
import { cookieName } from "../../../channels/http-cookie.ts";
import { dialTcp } from "../../../link/dial.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { id } from "../fixture.ts";
import { lines } from "../shape/parts.ts";
import { mix } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";
import { ends, headerWords, holdForBrowser, holdForDevice } from "./http.ts";

/** After so many turns of a millisecond without a byte an exchange is over. Turns and not time: both ends share a thread. */
const silentTurns = 8;

/** Lanes so far: each has a device at an address of its own, for connections that were left keep their ports for a minute. */
let taken = 0;

/** A channel that somebody has entered, before a device on this machine. */
class Bench {
  readonly channel: HttpChannel;
  readonly device: string;
  readonly #sockets = new Set<Socket>();
  cookie = "";

  constructor({ address, port }: AddressInfo) {
    this.device = `${address}:${port}`;
    this.channel = new HttpChannel({
      device: {
        address,
        port,
        dial: async () => {
          const socket = await dialTcp({ host: address, port, timeoutMs: 1_000 });
          this.#sockets.add(socket);
          socket.once("close", () => this.#sockets.delete(socket));
          return socket;
        },
        credential: () => Promise.reject(new GenkanError("not-found")),
        tap: {
          count: () => {},
          row: () => () => {},
          stream: () => {
            throw new GenkanError("obligation-refused");
          },
          refused: () => {},
        },
      },
      entrance: new BrowserEntrance({ host: ends.access, prove: async () => {}, entered: () => {} }),
      granted: [],
      log: silentProgramLog,
      scheme: "http",
    });
  }

  async enter(): Promise<void> {
    const body = `session=${id("session")}&proof=good`;
    const head = `POST /.genkan/enter HTTP/1.1\r\nHost: ${ends.access}\r\nContent-Type: application/x-www-form-urlencoded`;
    const answer = await this.say(Buffer.from(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
    this.cookie = /__Host-genkan=([\w-]{43})/.exec(answer.toString("latin1"))?.[1] ?? "";
    hold(this.cookie !== "", "nobody could enter");
  }

  /** Everything that one connection is answered until it ends, or falls silent. */
  async say(bytes: Buffer): Promise<Buffer> {
    const [near, far] = duplexPair();
    this.channel.accept(far);
    const chunks: Buffer[] = [];
    let over = false;
    let silent = 0;
    near.on("error", () => {}).once("close", () => (over = true));
    near
      .once("end", () => near.destroy())
      .on("data", (chunk: Buffer) => {
        silent = 0;
        chunks.push(chunk);
      });
    far.on("error", () => {});
    near.write(bytes);
    // An end of its own would be taken for a browser that has left.
    for (let turns = 0; !over && silent < silentTurns && turns < silentTurns * 20; turns++, silent++)
      await new Promise((resolve) => void setTimeout(resolve, 1));
    near.destroy();
    far.destroy();
    return Buffer.concat(chunks);
  }

  close(): void {
    this.channel.end("ended-by-technician");
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function listening(server: Server | ReturnType<typeof createServer>): Promise<AddressInfo> {
  taken++;
  server.listen(0, `127.0.${1 + (taken >> 7)}.${1 + (taken & 127)}`);
  await once(server, "listening");
  return server.address() as AddressInfo;
}

/** An exchange over real sockets mostly waits. */
const lanes = 16;
const get = (path: string, ...headers: string[]) =>
  [`GET ${path} HTTP/1.1`, `Host: ${ends.access}`, ...headers, "", ""].join("\r\n");
const own = `Cookie: ${cookieName}={cookie}`;

/** `{cookie}` stands for the cookie of whoever has entered. */
export const httpRequest: Target = {
  name: "http-request",
  parsers: ["channels/http.ts", "agent/entrance.ts", "channels/http-forward.ts", "channels/http-upgrade.ts"],
  holds:
    "without the cookie nothing reaches the device; with it, only requests that were sent to this host, and none as somebody",
  shape: mix([4, lines("\r\n")], [1, text]),
  words: [
    ...headerWords,
    own,
    `Host: ${ends.access}`,
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "0\r\n\r\n",
    "OPTIONS * HTTP/1.1",
  ],
  verdicts: ["not answered", "30x", "40x", "50x"],
  lanes,
  replayed: 100,
  most: 20_000,
  seeds: () => ({
    stranger: get("/"),
    entered: get("/api/calls?ward=3", own),
    "another-host": get("/", own).replace(ends.access, "other.access.localhost:7443"),
    post: get("/api/answer", own, "Content-Type: text/plain", "Content-Length: 3", "Sec-Fetch-Site: same-origin")
      .replace("GET", "POST")
      .concat("a=b"),
    chunked: get("/api/upload", own, "Transfer-Encoding: chunked", "Sec-Fetch-Site: same-origin")
      .replace("GET", "POST")
      .concat("3\r\nabc\r\n0\r\n\r\n"),
    websocket: get(
      "/events",
      own,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      "Sec-WebSocket-Version: 13",
      `Origin: http://${ends.access}`,
    ),
    pipelined: `${get("/1", own)}${get("/2", own)}`,
    enter: `POST /.genkan/enter HTTP/1.1\r\nHost: ${ends.access}\r\nContent-Length: 0\r\n\r\n`,
  }),
  open: async () => {
    const seen: { method: string | undefined; headers: readonly string[] }[] = [];
    const entered: boolean[] = [];
    const device = createHttp((req, res) => {
      seen.push({ method: req.method, headers: req.rawHeaders });
      req.resume();
      res.end("device");
    });
    device.on("upgrade", (req, socket) => {
      seen.push({ method: req.method, headers: req.rawHeaders });
      // One that nobody reads does not hear that it has ended.
      socket.on("error", () => {}).resume();
      socket.end("HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nframes");
    });
    const bench = new Bench(await listening(device));
    await bench.enter();
    device.on("clientError", (_error, socket) => void socket.destroy());
    return {
      execute: async (input) => {
        seen.length = 0;
        const given = input.toString("latin1");
        const answer = await bench.say(Buffer.from(given.replaceAll("{cookie}", bench.cookie), "latin1"));
        entered.push(given.includes(`${cookieName}={cookie}`));
        hold(seen.length === 0 || entered.includes(true), "a stranger reached the device");
        // A request of the input before may arrive this late on a busy machine.
        if (entered.length > 2) entered.shift();
        for (const { headers } of seen) holdForDevice(headers, bench.device);
        hold(!answer.includes(bench.cookie), "the cookie was told");
        // Whoever posts a form anew has a new cookie.
        if (given.includes("/.genkan/")) await bench.enter();
        const status = /^HTTP\/1\.1 (\d)/.exec(answer.toString("latin1"))?.[1];
        return seen.length > 0 ? accepted : status === undefined ? "not answered" : `${status}0x`;
      },
      close: () => {
        bench.close();
        device.closeAllConnections();
        device.close();
      },
    };
  },
};

/** What a device answers to a plain request of an entered browser, byte for byte; then it closes. */
export const httpAnswer: Target = {
  name: "http-answer",
  parsers: ["channels/http-forward.ts", "channels/http-exchange.ts", "channels/http-answer.ts"],
  holds:
    "the browser gets an answer of its own host: no cookie for others, none in the agent's place; or the agent's page",
  shape: mix([4, lines("\r\n")], [1, text]),
  words: [
    ...headerWords,
    "HTTP/1.1 200 OK",
    "HTTP/1.1 101 X",
    "HTTP/1.1 100 Continue",
    "HTTP/1.1 999 \xff",
    "HTTP/1.0 200",
    "0\r\n\r\n",
  ],
  verdicts: ["the agent's page", "cut"],
  lanes,
  replayed: 100,
  most: 20_000,
  seeds: () => ({
    page: "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nSet-Cookie: a=b; Path=/\r\nContent-Length: 5\r\n\r\nhello",
    chunked: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n",
    redirect: `HTTP/1.1 302 Found\r\nLocation: http://${ends.device}/login\r\nContent-Length: 0\r\n\r\n`,
    "until-close": "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nhello",
    continued: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    switching: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: tunnel\r\n\r\nbytes",
    nothing: "",
    "no-http": "220 infusion-pump-gateway ready\r\n",
  }),
  open: async () => {
    let answer: Buffer = Buffer.alloc(0);
    const device = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("error", () => {}).once("data", () => socket.end(answer));
      socket.setTimeout(1_000, () => socket.destroy());
    });
    const bench = new Bench(await listening(device));
    await bench.enter();
    const request = Buffer.from(get("/", `Cookie: ${cookieName}=${bench.cookie}`));
    return {
      execute: async (input) => {
        answer = input;
        const got = (await bench.say(request)).toString("latin1");
        const end = got.indexOf("\r\n\r\n");
        if (end < 0) return "cut";
        const [first = "", ...fields] = got.slice(0, end).split("\r\n");
        hold(/^HTTP\/1\.1 \d{3} /.test(first), "no status line of ours");
        if (fields.some((field) => field.startsWith("content-security-policy: default-src 'none'")))
          return "the agent's page";
        hold(
          fields.every((field) => /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+: ?[\t\x20-\x7e\x80-\xff]*$/.test(field)),
          "a field is broken",
        );
        holdForBrowser(
          fields.flatMap((field) => [field.slice(0, field.indexOf(":")), field.slice(field.indexOf(":") + 1).trim()]),
        );
        return accepted;
      },
      close: () => {
        bench.close();
        device.close();
      },
    };
  },
};
