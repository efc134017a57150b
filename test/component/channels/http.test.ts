import { createHash, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Socket, type Server as TcpServer } from "node:net";
import { Readable } from "node:stream";
import { afterEach, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { BrowserEntrance } from "../../../agent/entrance.ts";
import type { ChannelOptions } from "../../../channels/channel.ts";
import { HttpChannel } from "../../../channels/http.ts";
import { type Listener, listen } from "../../../link/listen.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { fence, settled } from "../../unit/link/sockets.ts";
import { TestDeviceSide, until } from "./bench.ts";

const name = "http-x7.access.localhost";
const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

async function listening<T extends Server | TcpServer>(server: T): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A channel before a device's port, behind a listener in the place of its legs. */
async function channelTo(devicePort: number, granted: ChannelOptions["granted"] = []) {
  const device = new TestDeviceSide(devicePort);
  const clients: Socket[] = [];
  const listener: Listener = await listen({
    host: "127.0.0.1",
    port: 0,
    onSocket(socket) {
      clients.push(socket);
      channel.accept(socket);
    },
  });
  const authority = `${name}:${listener.port}`;
  const proofs: { session: string; proof: string; binding: string }[] = [];
  const entrance = new BrowserEntrance({
    host: authority,
    entered: () => {},
    async prove(form) {
      proofs.push(form);
      if (form.proof !== "good" || proofs.length > 1) throw new GenkanError("proof-invalid");
    },
  });
  const channel = new HttpChannel({ device, entrance, granted, log: silentProgramLog, scheme: "http" });
  cleanup.push(() => {
    listener.close();
    channel.end("ended-by-technician");
    for (const socket of [...clients, ...device.sockets]) socket.destroy();
  });
  return { port: listener.port, authority, device, channel, proofs, clients };
}
type Bench = Awaited<ReturnType<typeof channelTo>>;

interface Answer {
  status: number;
  phrase: string;
  headers: IncomingMessage["headers"];
  raw: string[];
  body: Buffer;
}

function ask(
  bench: Bench,
  path: string,
  o: { method?: string; headers?: Record<string, string | string[]>; body?: Buffer | Readable | string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: bench.port,
        path,
        agent: false,
        method: o.method ?? "GET",
        headers: { host: bench.authority, ...o.headers },
      },
      (res) => {
        const { statusCode: status = 0, statusMessage: phrase = "", headers, rawHeaders: raw } = res;
        collect(res).then((body) => resolve({ status, phrase, headers, raw, body }), reject);
      },
    );
    outgoing.once("error", reject);
    if (o.body instanceof Readable) o.body.pipe(outgoing);
    else outgoing.end(o.body);
  });
}

const form = (proof: string) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded", origin: "http://portal.localhost:8080" },
  body: `session=ses_1&proof=${proof}`,
});

async function enter(bench: Bench): Promise<string> {
  const answer = await ask(bench, "/.genkan/enter", form("good"));
  expect(answer.status).toBe(303);
  return /^[^;]+/.exec(answer.headers["set-cookie"]?.[0] ?? "")?.[0] ?? "";
}

const sha = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("entering", () => {
  test("a good proof is answered with a cookie of this host alone, and works once", async () => {
    const bench = await channelTo(await listening(createServer((_, res) => res.end("device"))));
    const answer = await ask(bench, "/.genkan/enter", form("good"));
    expect(answer).toMatchObject({ status: 303, headers: { location: "/" } });
    expect(answer.headers["set-cookie"]?.[0]).toMatch(
      /^__Host-genkan=[A-Za-z0-9_-]{43}; Secure; HttpOnly; SameSite=Lax; Path=\/$/,
    );
    expect(bench.proofs[0]).toEqual({ session: "ses_1", proof: "good", binding: `host:${bench.authority}` });
    expect((await ask(bench, "/.genkan/enter", form("good"))).status).toBe(403);
    expect(bench.device.sockets).toHaveLength(0);
  });

  test("without the cookie, or with a wrong or doubled one, no path leads to the device", async () => {
    const bench = await channelTo(await listening(createServer((_, res) => res.end("device"))));
    expect((await ask(bench, "/")).status).toBe(403);
    expect((await ask(bench, "/", { headers: { cookie: "__Host-genkan=" } })).status).toBe(403);
    const cookie = await enter(bench);
    for (const headers of [
      {},
      { cookie: "__Host-genkan=x" },
      { cookie: `${cookie}; ${cookie}` },
      { cookie: cookie.toLowerCase() },
    ] as Record<string, string>[]) {
      for (const path of ["/", "/.genkan/enter", "//", "/api?x=1"]) {
        const answer = await ask(bench, path, { headers });
        expect(answer.status).toBe(403);
        expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
        expect(answer.body.toString()).toMatch(/lang="ja"[\s\S]*lang="en"/);
      }
    }
    expect(bench.device.sockets).toHaveLength(0);
    expect((await ask(bench, "/", { headers: { cookie } })).body.toString()).toBe("device");
    expect((await ask(bench, "/.genkan/other", { headers: { cookie } })).status).toBe(404);
  });

  test("a form that is too large, of another type, or has fields twice is refused before a proof is tried", async () => {
    const bench = await channelTo(await listening(createServer((_, res) => res.end("device"))));
    const large = { ...form("good"), body: `session=s&proof=${"x".repeat(limits.enterFormBytes)}` };
    expect((await ask(bench, "/.genkan/enter", large)).status).toBe(413);
    const json = { ...form("good"), headers: { "content-type": "application/json" } };
    expect((await ask(bench, "/.genkan/enter", json)).status).toBe(403);
    const twice = { ...form("good"), body: "session=s&proof=good&proof=good" };
    expect((await ask(bench, "/.genkan/enter", twice)).status).toBe(403);
    expect(bench.proofs).toHaveLength(0);
  });
});

describe("what reaches the device", () => {
  async function echoed(headers: Record<string, string | string[]>) {
    let seen: IncomingMessage | undefined;
    const port = await listening(
      createServer((req, res) => {
        seen = req;
        res.end();
      }),
    );
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    const own = headers.cookie ? `${headers.cookie as string}; ${cookie}` : cookie;
    expect((await ask(bench, "/", { headers: { ...headers, cookie: own } })).status).toBe(200);
    return { seen: seen as IncomingMessage, port, bench };
  }

  test("never has an identity header, in any case, repetition or underscore form", async () => {
    const hostile: Record<string, string | string[]> = {
      "X-Forwarded-For": ["1.2.3.4", "5.6.7.8"],
      X_FORWARDED_USER: "admin",
      "x-forwarded_host": "evil",
      Forwarded: "for=1.2.3.4",
      "X-Real-IP": "1.2.3.4",
      "Remote-User": "admin",
      REMOTE_USER: "admin",
      "X-Remote-User": "admin",
      x_remote_user: "admin",
      "X-Genkan-Person": "admin",
      X_Genkan_Session: "admin",
      "Proxy-Authorization": "Basic x",
      TE: "trailers",
      Connection: "X-Secret-Hop, close",
      "X-Secret-Hop": "1",
    };
    const { seen } = await echoed({ ...hostile, "X-Auth-Token": "the page's own", "X-Custom": ["a", "b"] });
    const names = seen.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => !["host", "connection", "x-auth-token", "x-custom"].includes(name))).toEqual([]);
    expect(seen.headersDistinct["x-custom"]).toEqual(["a", "b"]);
    expect(seen.headers["x-auth-token"]).toBe("the page's own");
  });

  test("has its own name as Host, Origin and Referer, and its cookies without the agent's", async () => {
    const { seen, port, bench } = await echoed({ cookie: "a=1; __host-GENKAN=x; b=2" });
    expect(seen.headers.host).toBe(`127.0.0.1:${port}`);
    expect(seen.headers.cookie).toBe("a=1; b=2");
    expect(JSON.stringify(seen.rawHeaders)).not.toMatch(/genkan/i);
    expect(bench.device.entries.at(-1)).toMatchObject({ kind: "http", method: "GET", path: "/", status: 200 });
  });

  test("is refused for another Host, or none, or two, before and after entering", async () => {
    const bench = await channelTo(await listening(createServer((_, res) => res.end("device"))));
    const cookie = await enter(bench);
    const raw = (head: string) =>
      new Promise<string>((resolve) => {
        const socket = connect(bench.port, "127.0.0.1");
        let text = "";
        socket.on("data", (chunk) => (text += chunk.toString())).on("close", () => resolve(text));
        socket.write(head);
      });
    const host = bench.authority;
    for (const hosts of [
      "Host: other.localhost",
      `Host: ${name}`,
      `Host: ${name}:1`,
      `Host: ${name}.evil:${bench.port}`,
      `Host: ${host}\r\nHost: ${host}`,
      "Host: ",
    ]) {
      expect(await raw(`GET / HTTP/1.1\r\n${hosts}\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(/^HTTP\/1.1 421 /);
      const upgrade = `GET / HTTP/1.1\r\n${hosts}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
      expect(await raw(upgrade)).toMatch(/^HTTP\/1.1 421 /);
    }
    expect(await raw(`GET http://10.0.0.1/ HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400 /,
    );
    const before = bench.device.refusals.length;
    expect(await raw(`CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: ${host}\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400 /,
    );
    expect(await raw(`CONNECT 10.0.0.1:22 HTTP/1.1\r\nHost: 10.0.0.1:22\r\n\r\n`)).toMatch(/^HTTP\/1.1 421 /);
    expect(bench.device.refusals.slice(before)).toEqual(["bad-request", "host-mismatch"]);
    expect(bench.device.sockets).toHaveLength(0);
    const upper = await ask(bench, "/", { headers: { host: bench.authority.toUpperCase(), cookie } });
    expect(upper.body.toString()).toBe("device");
    expect(bench.device.refusals).toContain("host-mismatch");
  });

  test("is refused when another page makes the browser change something", async () => {
    let calls = 0;
    const port = await listening(
      createServer((_, res) => {
        calls += 1;
        res.end();
      }),
    );
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    const post = async (headers: Record<string, string>) =>
      (await ask(bench, "/", { method: "POST", headers: { cookie, ...headers } })).status;
    expect(await post({ origin: "http://web-other.access.localhost:1" })).toBe(403);
    expect(await post({ origin: "null" })).toBe(403);
    expect(await post({ "sec-fetch-site": "same-site", origin: `http://${bench.authority}` })).toBe(403);
    expect(calls).toBe(0);
    expect(await post({ "sec-fetch-site": "same-origin", origin: "null" })).toBe(200);
    expect(await post({ origin: `http://${bench.authority}` })).toBe(200);
    expect(await post({})).toBe(200);
  });
});

describe("what comes back", () => {
  test("stays on this host: cookies without Domain, none of the agent's name, redirects to itself made relative", async () => {
    const server = createServer((req, res) => {
      const self = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      res.setHeader("Set-Cookie", [
        "a=1; Domain=access.localhost; Path=/",
        "b=2; path=/x; DOMAIN = localhost",
        "__Host-genkan=evil; Path=/; Secure",
        " __HOST-Genkan =evil",
        "=__Host-genkan=evil",
        "__Host-genkan",
      ]);
      res.setHeader("Alt-Svc", 'h3=":443"');
      res.setHeader("Clear-Site-Data", '"cookies"');
      const to = { "/self": `http://${self}/next?x=1`, "/slashes": `http://${self}//evil.example/` }[req.url ?? ""];
      res.writeHead(302, { location: to ?? "https://elsewhere.example/" }).end();
    });
    const bench = await channelTo(await listening(server));
    const cookie = await enter(bench);
    const answer = await ask(bench, "/self", { headers: { cookie } });
    expect(answer.headers["set-cookie"]).toEqual(["a=1; Path=/", "b=2; path=/x"]);
    expect(answer.headers.location).toBe("/next?x=1");
    expect(answer.headers["alt-svc"]).toBeUndefined();
    expect(answer.headers["clear-site-data"]).toBeUndefined();
    expect((await ask(bench, "/slashes", { headers: { cookie } })).headers.location).toBe("/evil.example/");
    expect((await ask(bench, "/away", { headers: { cookie } })).headers.location).toBe("https://elsewhere.example/");
  });

  test("a large upload and download arrive whole, with their bytes counted and recorded", async () => {
    const payload = randomBytes(24 * 1024 * 1024);
    const port = await listening(
      createServer((req, res) => {
        void collect(req).then((got) => {
          res.setHeader("x-sha", sha(got));
          res.end(got);
        });
      }),
    );
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    for (const headers of [{ cookie, "content-length": String(payload.length) }, { cookie }] as Record<
      string,
      string
    >[]) {
      const answer = await ask(bench, "/firmware", { method: "PUT", headers, body: Readable.from(slices(payload)) });
      expect(answer.headers["x-sha"]).toBe(sha(payload));
      expect(sha(answer.body)).toBe(sha(payload));
    }
    expect(bench.device.counts).toEqual({ up: 2 * payload.length, down: 2 * payload.length });
    await until(() => bench.device.entries.length === 2, "two entries");
    expect(bench.device.entries[0]).toMatchObject({ method: "PUT", up: payload.length, down: payload.length });
  });

  test("a device that answers before it has read the upload is heard", async () => {
    const port = await listening(
      createServer((_, res) => {
        res.writeHead(413).end("too large");
      }),
    );
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    const body = Readable.from(slices(randomBytes(4 * 1024 * 1024)));
    const answer = await ask(bench, "/up", { method: "POST", headers: { cookie }, body });
    expect([answer.status, answer.body.toString()]).toEqual([413, "too large"]);
  });

  test("a slow reader stops the device: memory on the way stays bounded", async () => {
    let written = 0;
    const port = await listening(
      createServer((_, res) => {
        const chunk = Buffer.alloc(65_536);
        const more = () => {
          while (written < 256 * 1024 * 1024) {
            written += chunk.length;
            if (!res.write(chunk)) return void res.once("drain", more);
          }
          res.end();
        };
        more();
      }),
    );
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    const socket = connect(bench.port, "127.0.0.1");
    cleanup.push(() => socket.destroy());
    socket.pause();
    socket.write(`GET /big HTTP/1.1\r\nHost: ${bench.authority}\r\nCookie: ${cookie}\r\n\r\n`);
    await until(() => bench.device.counts.down > 0, "first bytes");
    await settled(() => bench.device.counts.down);
    // What both kernels hold, and no more.
    expect(bench.device.counts.down).toBeLessThan(32 * 1024 * 1024);
    expect(written).toBeLessThan(256 * 1024 * 1024);
  });

  test("a slow device stops the uploader", async () => {
    const port = await listening(createServer((req) => req.pause()));
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    let sent = 0;
    const body = Readable.from(
      (function* () {
        for (; sent < 256 * 1024 * 1024; sent += 65_536) yield Buffer.alloc(65_536);
      })(),
    );
    const gone = ask(bench, "/up", { method: "POST", headers: { cookie }, body }).catch(() => "gone");
    await until(() => bench.device.counts.up > 0, "first bytes");
    await settled(() => sent);
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    for (const socket of bench.clients) socket.destroy();
    expect(await gone).toBe("gone");
    await until(() => bench.device.entries.length === 1, "the broken request's entry");
  });

  test("a body that the device breaks off breaks off for the browser too", async () => {
    const port = await listening(
      createServer((_, res) => {
        res.writeHead(200, { "content-length": "1000" });
        res.write("half");
        setTimeout(() => res.destroy(), 20);
      }),
    );
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    await expect(ask(bench, "/", { headers: { cookie } })).rejects.toThrow(/aborted/);
    await until(() => bench.device.entries.length === 1, "an entry");
    expect(bench.device.entries[0]).toMatchObject({ status: 200, down: 4 });
  });

  test("a device that closes its half of the connection after its answer is read to the end", async () => {
    const port = await listening(
      createTcp({ allowHalfOpen: true }, (socket) => {
        socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\n\r\nuntil the end"));
      }),
    );
    const bench = await channelTo(port);
    const answer = await ask(bench, "/", { headers: { cookie: await enter(bench) } });
    expect(answer.body.toString()).toBe("until the end");
  });

  /** What a device's phrase of a status may hold, and what the browser is told instead. */
  const phrases = [
    ["in UTF-8", Buffer.from("成功"), "OK"],
    ["in Latin-1", Buffer.from("tr\xe8s bien", "latin1"), "OK"],
    ["with a control byte", Buffer.from("a\x01b"), "OK"],
    ["of its own", Buffer.from("Fine, thanks"), "Fine, thanks"],
    ["without a letter", Buffer.from(""), ""],
  ] as const;
  test.each(phrases)("a page whose status has a phrase %s is shown", async (_what, phrase, shown) => {
    const answer = Buffer.concat([
      Buffer.from("HTTP/1.1 200 "),
      phrase,
      Buffer.from("\r\nContent-Length: 2\r\n\r\nhi"),
    ]);
    const bench = await channelTo(
      await listening(createTcp((socket) => socket.once("data", () => socket.end(answer)))),
    );
    const got = await ask(bench, "/", { headers: { cookie: await enter(bench) } });
    expect([got.status, got.phrase, got.body.toString()]).toEqual([200, shown, "hi"]);
    await until(() => bench.device.entries.length === 1, "the entry");
    expect(bench.device.entries[0]).toMatchObject({ status: 200, down: 2 });
  });

  test("a device that can't be reached, or talks nonsense, gives a page that says what to do", async () => {
    const port = await listening(createTcp((socket) => socket.end("SSH-2.0-nonsense\r\n")));
    const bench = await channelTo(port);
    const cookie = await enter(bench);
    expect((await ask(bench, "/", { headers: { cookie } })).status).toBe(502);
    bench.device.refuse = new GenkanError("device-unreachable");
    const answer = await ask(bench, "/", { headers: { cookie } });
    expect(answer.status).toBe(502);
    expect(answer.body.toString()).toMatch(/電源[\s\S]*power and network/);
    bench.device.refuse = new GenkanError("target-not-listed");
    expect((await ask(bench, "/", { headers: { cookie } })).status).toBe(403);
    expect(bench.device.entries.map((entry) => entry.kind)).toEqual(["http", "http", "http"]);
  });
});

describe("a WebSocket", () => {
  async function socketBench() {
    const server = createServer();
    const wss = new WebSocketServer({ server, verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== "/no" });
    const seen: IncomingMessage[] = [];
    wss.on("connection", (socket, req) => {
      seen.push(req);
      socket.send("hello");
      socket.on("message", (data, binary) => socket.send(data, { binary }));
    });
    cleanup.push(() => wss.close());
    const bench = await channelTo(await listening(server));
    return { bench, seen, cookie: await enter(bench) };
  }
  const open = (bench: Bench, path: string, headers: Record<string, string>) => {
    const socket = new WebSocket(`ws://127.0.0.1:${bench.port}${path}`, {
      headers: { host: bench.authority, ...headers },
      perMessageDeflate: false,
    });
    cleanup.push(() => socket.terminate());
    return socket;
  };
  const refused = (socket: WebSocket) =>
    new Promise<number>((resolve) => {
      socket.on("error", () => {});
      socket.on("unexpected-response", (_, res) => resolve(res.statusCode ?? 0));
    });

  /** The bare request for one, and what is answered. */
  const asked = (bench: Bench, cookie: string) => {
    const head = `Host: ${bench.authority}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket`;
    const socket = connect(bench.port, "127.0.0.1", () => socket.write(`GET /events HTTP/1.1\r\n${head}\r\n\r\n`));
    cleanup.push(() => socket.destroy());
    let text = "";
    socket.on("error", () => {}).on("data", (chunk) => (text += chunk.toString("latin1")));
    return { socket, text: () => text };
  };

  test("echoes through the channel, without the agent's cookie, and is recorded when it closes", async () => {
    const { bench, seen, cookie } = await socketBench();
    const socket = open(bench, "/events", { cookie, origin: `http://${bench.authority}`, "X-Forwarded-User": "admin" });
    const got: Buffer[] = [];
    socket.on("message", (data: Buffer) => got.push(data));
    await until(() => got.length === 1, "the device's first message");
    const large = randomBytes(1_000_000);
    socket.send(large);
    await until(() => got.length === 2, "the echo");
    expect(got[0]?.toString()).toBe("hello");
    expect(sha(got[1] as Buffer)).toBe(sha(large));
    expect(JSON.stringify(seen[0]?.rawHeaders)).not.toMatch(/genkan|forwarded/i);
    expect(seen[0]?.headers.origin).toBe(`http://127.0.0.1:${bench.device.port}`);
    expect(bench.device.entries).toHaveLength(0);
    socket.close();
    await until(() => bench.device.entries.length === 1, "the entry");
    expect(bench.device.entries[0]).toMatchObject({ path: "/events", status: 101, upgrade: "websocket" });
    expect(bench.device.counts.up).toBeGreaterThan(large.length);
  });

  test("is refused without the cookie and for a foreign origin, and passes on the device's own refusal", async () => {
    const { bench, seen, cookie } = await socketBench();
    expect(await refused(open(bench, "/events", {}))).toBe(403);
    expect(await refused(open(bench, "/events", { cookie, origin: "http://other.access.localhost" }))).toBe(403);
    expect(await refused(open(bench, "/no", { cookie }))).toBe(401);
    expect(seen).toHaveLength(0);
  });

  const phrases = [
    ["in UTF-8", Buffer.from("見つかりません")],
    ["with a control byte", Buffer.from("a\x01b")],
  ] as const;
  test.each(phrases)("is told the device's refusal with a phrase %s, and its page", async (_what, phrase) => {
    const answer = Buffer.concat([
      Buffer.from("HTTP/1.1 404 "),
      phrase,
      Buffer.from("\r\nContent-Length: 2\r\n\r\nno"),
    ]);
    const bench = await channelTo(
      await listening(createTcp((socket) => socket.once("data", () => socket.end(answer)))),
    );
    const { text } = asked(bench, await enter(bench));
    await until(() => text().endsWith("\r\n\r\nno"), "the device's page");
    expect(text()).toMatch(/^HTTP\/1.1 404 /);
    await until(() => bench.device.entries.length === 1, "the entry");
    expect(bench.device.entries[0]).toMatchObject({ status: 404, down: 2, upgrade: "websocket" });
  });

  const leavings = [
    ["says nothing", "", 0],
    ["accepts", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 0],
    ["refuses, with a page that has no end", "HTTP/1.1 404 No\r\n\r\nno", 0],
    ["has refused, with a page that has no end", "HTTP/1.1 404 No\r\n\r\nno", 404],
  ] as const;
  test.each(leavings)(
    "is over when the browser says farewell before a device that %s",
    async (_what, answer, status) => {
      const tell = Promise.withResolvers<void>();
      const server = createTcp({ allowHalfOpen: true }, (socket) => {
        const told = () => void socket.write(answer);
        socket.on("error", () => {}).once("data", () => void tell.promise.then(told));
      });
      if (status !== 0) tell.resolve();
      const bench = await channelTo(await listening(server));
      const { socket, text } = asked(bench, await enter(bench));
      if (status === 0) await until(() => bench.device.sockets.length === 1, "a connection to the device");
      else await until(() => text().includes("no"), "the page's first bytes");
      socket.end();
      await fence();
      tell.resolve();
      await until(() => bench.device.entries.length === 1, "the entry");
      await until(() => bench.device.sockets.every((device) => device.destroyed), "the device's connection closed");
      await until(() => bench.clients.every((client) => client.destroyed), "the browser's connection closed");
      expect(bench.device.entries[0]).toMatchObject({ status, upgrade: "websocket" });
    },
  );

  test("is over when the browser says farewell while the device is dialled", async () => {
    let heard = 0;
    const port = await listening(createTcp((socket) => socket.on("error", () => {}).on("data", () => (heard += 1))));
    const bench = await channelTo(port);
    const dial = bench.device.dial.bind(bench.device);
    const slow = Promise.withResolvers<void>();
    let dialling = false;
    bench.device.dial = () => {
      dialling = true;
      return slow.promise.then(dial);
    };
    const { socket } = asked(bench, await enter(bench));
    await until(() => dialling, "the device dialled");
    socket.end();
    await until(() => bench.clients.every((client) => client.destroyed), "the browser's connection closed");
    slow.resolve();
    await until(() => bench.device.entries.length === 1, "the entry");
    expect(bench.device.sockets.map((device) => device.destroyed)).toEqual([true]);
    expect(heard).toBe(0);
  });

  const early = async () => {
    let got = "";
    const accept = Promise.withResolvers<void>();
    const server = createTcp((socket) => {
      const accepted = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
      socket.on("error", () => {}).on("data", (chunk) => (got += chunk.toString("latin1")));
      void accept.promise.then(() => socket.write(accepted));
    });
    const bench = await channelTo(await listening(server));
    const { socket, text } = asked(bench, await enter(bench));
    await until(() => got.endsWith("\r\n\r\n"), "the handshake at the device");
    return { bench, socket, text, got: () => got, accept: accept.resolve };
  };

  test("keeps what is sent before the device's answer until then", async () => {
    const { socket, text, got, accept } = await early();
    socket.write("early ");
    await fence();
    expect(got().endsWith("\r\n\r\n")).toBe(true);
    accept();
    await until(() => text().startsWith("HTTP/1.1 101 "), "the answer");
    socket.write("late");
    await until(() => got().endsWith("\r\n\r\nearly late"), "all of it, in order");
  });

  test("is refused to who sends much before the device's answer", async () => {
    const { bench, socket, got } = await early();
    socket.write(Buffer.alloc(limits.httpHeadBytes + 1));
    await until(() => bench.device.entries.length === 1, "the entry");
    expect(bench.device.refusals).toEqual(["bad-request"]);
    expect(got().endsWith("\r\n\r\n")).toBe(true);
    await until(() => bench.device.sockets.every((device) => device.destroyed), "the device's connection closed");
    await until(() => bench.clients.every((client) => client.destroyed), "the browser's connection closed");
  });

  test("ends with the device's connection", async () => {
    const { bench, cookie } = await socketBench();
    const socket = open(bench, "/events", { cookie });
    await until(() => socket.readyState === WebSocket.OPEN, "open");
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.on("error", () => {});
    for (const raw of bench.device.sockets) raw.resetAndDestroy();
    expect(await closed).toBe(1006);
  });
});

describe("a request that takes over its connection, sent behind one that is not answered yet", () => {
  const takeovers = [
    ["an upgrade", "GET /events", "Connection: Upgrade\r\nUpgrade: websocket\r\n"],
    ["a tunnel", "CONNECT device:1", ""],
  ] as const;
  test.each(takeovers)("ends that connection and nothing else: %s", async (_what, line, fields) => {
    const device = createServer((req, res) => void (req.url === "/waits" || res.end("device")));
    const bench = await channelTo(await listening(device));
    cleanup.push(() => device.closeAllConnections());
    const said = async (cookie: string) => {
      const head = `Host: ${bench.authority}\r\nCookie: ${cookie}\r\n`;
      const both = `GET /waits HTTP/1.1\r\n${head}\r\n${line} HTTP/1.1\r\n${head}${fields}\r\n`;
      const socket = connect(bench.port, "127.0.0.1", () => socket.write(both));
      await new Promise((resolve) =>
        socket
          .on("error", () => {})
          .resume()
          .once("close", resolve),
      );
    };
    await said("none=1");
    const cookie = await enter(bench);
    await said(cookie);
    expect(bench.device.refusals).toEqual(["unauthenticated", "bad-request", "bad-request"]);
    expect((await ask(bench, "/", { headers: { cookie } })).body.toString()).toBe("device");
  });
});

describe("requests sent behind one that is not answered yet", () => {
  /** Sends `text` on one connection of a browser. */
  function said(bench: Bench, text: string) {
    const socket = connect(bench.port, "127.0.0.1", () => socket.write(text));
    cleanup.push(() => socket.destroy());
    const closed = new Promise((resolve) => socket.once("close", resolve));
    return { socket: socket.on("error", () => {}), closed };
  }
  const silent = async () => {
    const device = createServer(() => {});
    cleanup.push(() => device.closeAllConnections());
    const bench = await channelTo(await listening(device));
    const cookie = await enter(bench);
    return { bench, one: `GET / HTTP/1.1\r\nHost: ${bench.authority}\r\nCookie: ${cookie}\r\n\r\n` };
  };

  test("are answered in their order, up to the limit", async () => {
    const bench = await channelTo(await listening(createServer((req, res) => res.end(`<${req.url}>`))));
    const head = `HTTP/1.1\r\nHost: ${bench.authority}\r\nCookie: ${await enter(bench)}\r\n\r\n`;
    const paths = Array.from({ length: limits.pipelinedRequests }, (_, at) => `/${at}`);
    const all = paths.map((path) => `GET ${path} ${head}`).join("");
    const { socket } = said(bench, all);
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString()));
    await until(() => text.endsWith("</15>"), "the last answer");
    // Those that are answered no longer count.
    socket.write(all);
    await until(() => text.split("</15>").length === 3, "the last answer again");
    const told = [...text.matchAll(/<(.*?)>/g)].map((match) => match[1]);
    expect(told).toEqual([...paths, ...paths]);
    expect(bench.device.refusals).toEqual([]);
  });

  test("end their connection beyond the limit, and no more of them reaches the device", async () => {
    const { bench, one } = await silent();
    const { closed } = said(bench, one.repeat(2_000));
    await closed;
    await until(() => bench.device.entries.length === limits.pipelinedRequests, "an entry of each");
    expect(bench.device.refusals).toEqual(["bad-request"]);
    expect(bench.device.entries.every((entry) => entry.kind === "http" && entry.status === 0)).toBe(true);
    expect(bench.device.sockets.length).toBeLessThanOrEqual(limits.pipelinedRequests);
  });

  test("are over, each with its entry, when the browser leaves before the first answer", async () => {
    const { bench, one } = await silent();
    const { socket } = said(bench, one.repeat(3));
    await until(() => bench.device.sockets.length === 3, "three connections to the device");
    socket.resetAndDestroy();
    await until(() => bench.device.entries.length === 3, "three entries");
    await until(() => bench.device.sockets.every((device) => device.destroyed), "the device's connections closed");
  });
});

test("an ended session answers with why it ended, in both languages", async () => {
  const bench = await channelTo(await listening(createServer((_, res) => res.end("device"))));
  const cookie = await enter(bench);
  bench.channel.end("revoked");
  const answer = await ask(bench, "/", { headers: { cookie } });
  expect(answer.status).toBe(410);
  expect(answer.body.toString()).toMatch(/取り消しました[\s\S]*revoked the grant/);
  expect(bench.device.sockets).toHaveLength(0);
});

test("bytes that a leg holds already when it is handed over are part of the first request", async () => {
  const bench = await channelTo(await listening(createServer((req, res) => res.end(req.url))));
  const cookie = await enter(bench);
  const held = `GET /held HTTP/1.1\r\nHost: ${bench.authority}\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`;
  const listener = await listen({
    host: "127.0.0.1",
    port: 0,
    onSocket(socket) {
      socket.unshift(Buffer.from(held.slice(0, 40)));
      bench.channel.accept(socket);
    },
  });
  cleanup.push(() => listener.close());
  const socket = connect(listener.port, "127.0.0.1", () => socket.write(held.slice(40)));
  const text = await new Promise<string>((resolve) => {
    let all = "";
    socket.on("data", (chunk) => (all += chunk.toString())).on("close", () => resolve(all));
  });
  expect(text).toMatch(/^HTTP\/1.1 200 [\s\S]*\/held$/);
});

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function* slices(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 100_000) yield bytes.subarray(at, at + 100_000);
}
