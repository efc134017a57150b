import { describe, expect, test } from "vitest";
import { until } from "./bench.ts";
import { enteredChannel, page, rawDevice } from "./http-bench.ts";

describe("one request of a browser is one request at the device", () => {
  const smuggled = "POST /reboot HTTP/1.1\r\nHost: device\r\n\r\n";

  test.each(["GET", "HEAD", "TRACE"])("%s with a body is refused, for no browser sends one", async (method) => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")), { deaf: true });
    const { browser, device } = await enteredChannel(raw.port);
    expect(await browser().ask(`${method} /`, [], smuggled)).toMatch(/^HTTP\/1.1 400 /);
    expect(await browser().ask(`${method} /`, ["Transfer-Encoding: chunked"])).toMatch(/^HTTP\/1.1 400 /);
    expect(raw.heard).toEqual([]);
    expect(device.refusals).toEqual(["bad-request", "bad-request"]);
  });

  test.each(["DELETE", "OPTIONS", "MOVE", "SUBSCRIBE"])(
    "%s with a body, at a device that expects none: the body is not sent, and the row says so",
    async (method) => {
      const raw = await rawDevice((_, socket) => socket.write(page("device")), { deaf: true });
      const { browser, device } = await enteredChannel(raw.port);
      expect(await browser().ask(`${method} /`, [], smuggled)).toMatch(/^HTTP\/1.1 200 [\s\S]*device$/);
      await until(() => raw.sockets.every((socket) => socket.closed), "the device's connection closed");
      expect(raw.heard.map(({ head }) => head.split("\r\n", 1)[0])).toEqual([`${method} / HTTP/1.1`]);
      await until(() => device.entries.length === 1, "the row");
      expect(device.entries[0]).toMatchObject({ method, up: 0, odd: ["early"] });
    },
  );

  test("DELETE with a body, at a device that reads it, arrives whole", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")));
    const { browser, device } = await enteredChannel(raw.port);
    expect(await browser().ask("DELETE /x", [], "all of it")).toMatch(/^HTTP\/1.1 200 /);
    expect(raw.heard.map(({ body }) => body.toString())).toEqual(["all of it"]);
    await until(() => device.entries.length === 1, "the row");
    expect(device.entries[0]).toMatchObject({ up: 9, odd: [] });
  });

  test("POST goes alone on its connection, which is closed for both sides", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")));
    const { browser } = await enteredChannel(raw.port);
    const one = browser();
    for (const line of ["GET /1", "POST /2", "GET /3", "GET /4"])
      await one.ask(line, [], line.startsWith("P") ? "a=1" : "");
    const seen = raw.heard.map(({ head, connection }) => [connection, /^Connection: (.*)$/m.exec(head)?.[1]?.trim()]);
    expect(seen).toEqual([
      [1, "keep-alive"],
      [2, "close"],
      [3, "keep-alive"],
      [3, "keep-alive"],
    ]);
  });

  test("more than the answer makes the connection unfit, and the row says so", async () => {
    const raw = await rawDevice((_, socket) => socket.write(`${page("one")}${page("two")}`));
    const { browser, device } = await enteredChannel(raw.port);
    const one = browser();
    for (const line of ["GET /1", "GET /2"]) expect(await one.ask(line)).toMatch(/one$/);
    expect(raw.heard.map(({ connection }) => connection)).toEqual([1, 2]);
    expect(device.entries[0]).toMatchObject({ odd: ["more-than-asked"] });
  });
});

describe("a device that hangs up on a used connection", () => {
  const once = (then: "close" | "reset") =>
    rawDevice(({ nth }, socket) => {
      if (nth === 1) socket.write(page("device"));
      else if (then === "close") socket.end();
      else socket.resetAndDestroy();
    });

  test.each(["close", "reset"] as const)(
    "is asked once more on a new one (%s), and from then on always",
    async (then) => {
      const raw = await once(then);
      const { browser, device } = await enteredChannel(raw.port);
      const one = browser();
      for (const path of ["/1", "/2", "/3"])
        expect(await one.ask(`GET ${path}`)).toMatch(/^HTTP\/1.1 200 [\s\S]*device$/);
      expect(raw.heard.map(({ connection, nth }) => [connection, nth])).toEqual([
        [1, 1],
        [1, 2],
        [2, 1],
        [3, 1],
      ]);
      expect(device.entries.map((entry) => "odd" in entry && entry.odd)).toEqual([[], ["second-try"], []]);
    },
  );

  test("is never asked twice to change something", async () => {
    const raw = await rawDevice((_, socket) => socket.resetAndDestroy());
    const { browser } = await enteredChannel(raw.port);
    expect(await browser().ask("POST /reboot", [], "now")).toMatch(/^HTTP\/1.1 502 /);
    expect(raw.heard).toHaveLength(1);
  });

  test("at once is told as that, and not as one that can't be reached", async () => {
    const raw = await rawDevice((_, socket) => socket.end());
    const { browser } = await enteredChannel(raw.port);
    expect(Buffer.from(await browser().ask("GET /"), "latin1").toString()).toMatch(
      /closed the connection without an answer/,
    );
    expect(raw.heard).toHaveLength(1);
  });
});

describe("a sign-in that holds for a connection", () => {
  /** Takes whoever has signed in on a connection for that person for as long as it lasts. */
  const camera = () => {
    const people = new Map<number, string>();
    return rawDevice(({ head, connection }, socket) => {
      const brought = /^Authorization: (?:NTLM|Negotiate) (\S+)$/m.exec(head)?.[1];
      if (brought) people.set(connection, brought.trim());
      const person = people.get(connection);
      if (person) return void socket.write(page(person));
      socket.write(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nWWW-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n",
      );
    });
  };

  test("stays with the browser's connection that made it, whatever is asked on others meanwhile", async () => {
    const raw = await camera();
    const { browser } = await enteredChannel(raw.port);
    const [a, b, stranger] = [browser(), browser(), browser()];
    for (const one of [a, b]) expect(await one.ask("GET /")).toMatch(/^HTTP\/1.1 401 /);
    expect(await a.ask("GET /", ["Authorization: NTLM AAA"])).toMatch(/AAA$/);
    expect(await b.ask("POST /", ["Authorization: Negotiate BBB"], "x=1")).toMatch(/BBB$/);
    for (let round = 0; round < 3; round++) {
      expect(await stranger.ask("GET /")).toMatch(/^HTTP\/1.1 401 /);
      expect(await a.ask("GET /")).toMatch(/AAA$/);
      expect(await b.ask("POST /", [], "x=1")).toMatch(/BBB$/);
    }
    expect(await browser().ask("GET /")).toMatch(/^HTTP\/1.1 401 /);
  });

  test("ends with the browser's connection", async () => {
    const raw = await camera();
    const { browser } = await enteredChannel(raw.port);
    const a = browser();
    await a.ask("GET /", ["Authorization: NTLM AAA"]);
    a.socket.destroy();
    await until(() => raw.sockets.every((socket) => socket.closed), "the device's connection closed");
    expect(await browser().ask("GET /")).toMatch(/^HTTP\/1.1 401 /);
  });
});

describe("what the device reads", () => {
  test("has names in a browser's case and order, Host first, and its own name wherever a header names the host", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")));
    const { browser, host } = await enteredChannel(raw.port);
    const own = `127.0.0.1:${raw.port}`;
    const fields = [
      `Origin: http://${host}`,
      `Referer: http://${host}/a?next=http://${host}/b`,
      `Destination: http://${host}/new`,
      `If: <http://${host}/new> (<urn:uuid:1>)`,
      `X-Pump: see http://${host}.evil.example/`,
      'Authorization: Digest uri="/", realm="pump"',
    ];
    await browser().ask("PROPPATCH /old", fields, "<x/>");
    expect(raw.heard[0]?.head.split("\r\n")).toEqual([
      "PROPPATCH /old HTTP/1.1",
      `Host: ${own}`,
      "Connection: close",
      "Content-Length: 4",
      `Origin: http://${own}`,
      `Referer: http://${own}/a?next=http://${own}/b`,
      `Destination: http://${own}/new`,
      `If: <http://${own}/new> (<urn:uuid:1>)`,
      `X-Pump: see http://${host}.evil.example/`,
      'Authorization: Digest uri="/", realm="pump"',
    ]);
  });

  test("is never a claim about who asks, from where, or what was asked in truth", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")));
    const { browser } = await enteredChannel(raw.port);
    const claims = [
      "X-Original-URL: /admin",
      "X-HTTP-Method-Override: DELETE",
      "SM_USER: admin",
      "X-Client-DN: CN=a",
      "Cf-Access-Jwt-Assertion: x",
    ];
    await browser().ask("GET /", [...claims, "X-Auth-Token: 7", "X-Pump-Session: 8"]);
    const names = raw.heard[0]?.head
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(":", 1)[0]);
    expect(names).toEqual(["Host", "Connection", "X-Auth-Token", "X-Pump-Session"]);
  });
});

describe("what the browser reads", () => {
  test("names its own host wherever the device named itself, and nothing that was not the device", async () => {
    let fields: string[] = [];
    const raw = await rawDevice((_, socket) => socket.write(page("device", ...fields)));
    const { browser, host } = await enteredChannel(raw.port);
    const own = `127.0.0.1:${raw.port}`;
    fields = [
      `Content-Location: http://${own}/a`,
      `Link: <http://${own}/style.css>; rel=preload`,
      `Access-Control-Allow-Origin: http://${own}`,
      `Content-Security-Policy: default-src 'self' http://${own}`,
      `WWW-Authenticate: Digest realm="http://${own}"`,
      `X-Pump: http://${own}0/`,
    ];
    const got = (await browser().ask("GET /")).split("\r\n");
    for (const line of [
      `Content-Location: http://${host}/a`,
      `Link: <http://${host}/style.css>; rel=preload`,
      `Access-Control-Allow-Origin: http://${host}`,
      `Content-Security-Policy: default-src 'self' http://${host}`,
      `WWW-Authenticate: Digest realm="http://${own}"`,
      `X-Pump: http://${own}0/`,
    ]) {
      expect(got).toContain(line);
    }
  });

  test("leads to a page that says where the device wanted to go, and by which service of the grant", async () => {
    let to = "";
    const raw = await rawDevice((_, socket) =>
      socket.write(`HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`),
    );
    const granted = [{ name: "管理画面 <b>", protocol: "http", address: "127.0.0.1", port: 8081 }] as const;
    const { browser, device } = await enteredChannel(raw.port, granted);
    const one = browser();
    const led = async () => {
      const path = /^Location: (.*)$/im.exec(await one.ask("GET /"))?.[1]?.trim() ?? "";
      expect(path).toMatch(/^\/\.genkan\/out\?to=/);
      return Buffer.from(await browser().ask(`GET ${path}`), "latin1").toString();
    };
    to = "https://admin:secret@10.0.0.5/login?<i>";
    const away = await led();
    expect(away).toMatch(/^HTTP\/1.1 403 [\s\S]*does not cover[\s\S]*https:\/\/10\.0\.0\.5\/login\?%3Ci%3E</);
    expect(away).not.toContain("secret");
    expect(device.refusals).toEqual(["service-not-granted"]);
    to = "http://127.0.0.1:8081/";
    expect(await led()).toMatch(/another service of your grant[\s\S]*管理画面 &lt;b&gt;/);
    expect(device.refusals).toEqual(["service-not-granted"]);
    expect(raw.heard).toHaveLength(2);
    expect(await browser().ask("GET /.genkan/out?to=javascript:alert(1)")).toMatch(/^HTTP\/1.1 404 /);
  });

  test("is a page when the head is beyond the bound, though the browser has not read yet", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")));
    const { browser, device } = await enteredChannel(raw.port);
    expect(await browser().ask(`GET /${"x".repeat(20_000)}`, ["X-Pump: 7"])).toMatch(/^HTTP\/1.1 200 /);
    expect(await browser().ask(`GET /${"x".repeat(40_000)}`)).toMatch(/^HTTP\/1.1 431 [\s\S]*<\/html>\s*$/);
    expect(await browser().ask("GET /", [`X-Pump: ${"x".repeat(1_000_000)}`])).toMatch(/^HTTP\/1.1 431 /);
    expect(device.refusals).toEqual(["head-too-large", "head-too-large"]);
  });
});

describe("a page elsewhere", () => {
  const from = (site: string, mode: string, dest: string) => [
    `Sec-Fetch-Site: ${site}`,
    `Sec-Fetch-Mode: ${mode}`,
    `Sec-Fetch-Dest: ${dest}`,
  ];

  test("reaches nothing by any method, and leads to the front page at most", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device")));
    const { browser, device } = await enteredChannel(raw.port);
    for (const site of ["same-site", "cross-site"]) {
      expect(await browser().ask("GET /reboot", from(site, "no-cors", "image"))).toMatch(/^HTTP\/1.1 403 /);
      expect(await browser().ask("GET /reboot", from(site, "navigate", "document"))).toMatch(/^HTTP\/1.1 403 /);
      expect(await browser().ask("GET /?reboot", from(site, "navigate", "document"))).toMatch(/^HTTP\/1.1 403 /);
      expect(await browser().ask("GET /", from(site, "navigate", "iframe"))).toMatch(/^HTTP\/1.1 403 /);
      expect(await browser().ask("HEAD /", from(site, "cors", "empty"))).toMatch(/^HTTP\/1.1 403 /);
    }
    expect(raw.heard).toEqual([]);
    expect(new Set(device.refusals)).toEqual(new Set(["origin-refused"]));
    expect(await browser().ask("GET /", from("cross-site", "navigate", "document"))).toMatch(/^HTTP\/1.1 200 /);
    expect(await browser().ask("GET /reboot", from("none", "navigate", "document"))).toMatch(/^HTTP\/1.1 200 /);
    expect(await browser().ask("GET /a.png", from("same-origin", "no-cors", "image"))).toMatch(/^HTTP\/1.1 200 /);
  });

  test("installs no worker, which would answer in the agent's place, nor does the device's own", async () => {
    const raw = await rawDevice((_, socket) => socket.write(page("device", "Service-Worker-Allowed: /")));
    const { browser, device } = await enteredChannel(raw.port);
    const own = from("same-origin", "same-origin", "serviceworker");
    expect(await browser().ask("GET /sw.js", ["Service-Worker: script", ...own])).toMatch(/^HTTP\/1.1 404 /);
    expect(await browser().ask("GET /sw.js", own)).toMatch(/^HTTP\/1.1 404 /);
    expect(device.refusals).toEqual(["origin-refused", "origin-refused"]);
    expect(raw.heard).toEqual([]);
    expect(await browser().ask("GET /")).not.toMatch(/service-worker/i);
  });
});
