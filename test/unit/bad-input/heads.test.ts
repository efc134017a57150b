import { describe, expect, test } from "vitest";
import { parseClientHello } from "../../../link/client-hello.ts";
import { parseHttpHost } from "../../../link/http-host.ts";
import { peek } from "../../../link/peek.ts";
import {
  formatUpgradeRequest,
  parseUpgradeAnswer,
  parseUpgradeRequest,
  switchingProtocols,
} from "../../../link/upgrade.ts";
import { limits } from "../../../protocol/limits.ts";
import { readCorpus } from "../../fuzz/corpus.ts";
import { patienceMs } from "../../patience.ts";
import { tcpPair, until } from "../link/sockets.ts";

const hellos = readCorpus("client-hello")
  .filter(({ name }) => name.startsWith("honest-"))
  .map(({ name, input }) => [name.slice(7), input] as const);
const name = "nurse-call-7f3k.access.example.org";
const lengthOf = (hello: Buffer) => hello.readUInt16BE(3);

/** The same hello with another length in its record. */
function withLength(hello: Buffer, length: number): Buffer {
  const changed = Buffer.from(hello);
  changed.writeUInt16BE(length, 3);
  return changed;
}

describe.each(hellos)("the ClientHello of %s", (client, hello) => {
  const known = client === "node-no-name" ? null : name;

  test("names its host whole, and nothing at any byte before", () => {
    expect(parseClientHello(hello)).toEqual({ name: known });
    for (let length = 0; length < hello.length; length++)
      expect([length, parseClientHello(hello.subarray(0, length))]).toEqual([length, "more"]);
  });

  test("means the same when it comes twice, or with anything behind it", () => {
    expect(parseClientHello(Buffer.concat([hello, hello]))).toEqual({ name: known });
    expect(parseClientHello(Buffer.concat([hello, Buffer.alloc(10_000, 0xff)]))).toEqual({ name: known });
  });

  test("with a record that says one byte more waits for it, with one less is malformed or waits for another record", () => {
    expect(parseClientHello(withLength(hello, lengthOf(hello) + 1))).toEqual({ name: known });
    expect(["more", "malformed"]).toContain(parseClientHello(withLength(hello, lengthOf(hello) - 1)));
    expect(parseClientHello(withLength(hello, 16_385))).toBe("malformed");
    expect(parseClientHello(withLength(hello, 0))).toBe("malformed");
  });

  test("with a session id one byte longer than it is is malformed", () => {
    const changed = Buffer.from(hello);
    changed[43] = (changed[43] as number) + 1;
    expect(parseClientHello(changed)).toBe("malformed");
  });
});

const head = ["GET /leg HTTP/1.1", "Host: pump-7.link.genkan.internal", "Accept: */*", "", ""].join("\r\n");

describe("a plain HTTP head", () => {
  test("names its host whole, and nothing at any byte before", () => {
    expect(parseHttpHost(Buffer.from(head))).toEqual({ name: "pump-7.link.genkan.internal" });
    for (let length = 0; length < head.length; length++)
      expect([length, parseHttpHost(Buffer.from(head.slice(0, length)))]).toEqual([length, "more"]);
  });

  test("with a second Host is malformed, also the same one; fields in another order are the same", () => {
    const [first, host, accept, ...rest] = head.split("\r\n");
    expect(parseHttpHost(Buffer.from([first, host, host, accept, ...rest].join("\r\n")))).toBe("malformed");
    expect(parseHttpHost(Buffer.from([first, accept, host, ...rest].join("\r\n")))).toEqual(
      parseHttpHost(Buffer.from(head)),
    );
    expect(parseHttpHost(Buffer.from([host, first, accept, ...rest].join("\r\n")))).toBe("malformed");
  });
});

describe("the first bytes of a connection", () => {
  const endless: [string, number, Buffer][] = [
    ["a head that does not end", limits.peekHeadBytes, Buffer.from(`GET /${"x".repeat(limits.peekHeadBytes)}`)],
    [
      "a hello that does not end",
      limits.peekBytes,
      Buffer.concat([Buffer.from("1603014000010fffff0303", "hex"), Buffer.alloc(limits.peekBytes)]),
    ],
  ];
  test.each(endless)("%s is refused at the limit, and not one byte before", async (_what, most, bytes) => {
    const { client, server } = await tcpPair({ pauseOnConnect: true });
    let settled = false;
    const peeked = peek(server, { http: true, timeoutMs: patienceMs }).finally(() => (settled = true));
    client.write(bytes.subarray(0, most - 1));
    await until(() => server.bytesRead === most - 1);
    expect(settled).toBe(false);
    client.write(bytes.subarray(most - 1, most));
    await expect(peeked).rejects.toMatchObject({ code: "frame-too-large" });
  });

  test("of one connection are no other's: beside a malformed one another is named", async () => {
    const bad = await tcpPair({ pauseOnConnect: true });
    const good = await tcpPair({ pauseOnConnect: true });
    const refused = peek(bad.server, { http: true });
    const named = peek(good.server, { http: true });
    bad.client.write("\x16\x02\x00");
    good.client.write(head);
    await expect(refused).rejects.toMatchObject({ code: "hello-malformed" });
    await expect(named).resolves.toMatchObject({ kind: "http", name: "pump-7.link.genkan.internal" });
  });
});

const request = formatUpgradeRequest("/leg", "genkan", { "Genkan-Token": "abc" }).slice(0, -4);
const answer = switchingProtocols("genkan").slice(0, -4);

describe.each([
  ["request", request, parseUpgradeRequest],
  ["answer", answer, parseUpgradeAnswer],
] as const)("the head of an upgrade's %s", (_what, whole, parse) => {
  const fields = whole.split("\r\n").slice(1);

  test("cut short at any byte never reads as the whole", () => {
    const outcome = (text: string) => {
      try {
        const { headers, ...rest } = parse(text);
        return JSON.stringify([rest, [...headers]]);
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    for (let length = 0; length < whole.length; length++)
      expect(outcome(whole.slice(0, length))).not.toBe(outcome(whole));
  });

  test("with any field twice is malformed, with its fields in another order the same", () => {
    const [first = ""] = whole.split("\r\n");
    for (const field of fields)
      expect(() => parse(`${whole}\r\n${field}`)).toThrow(expect.objectContaining({ code: "hello-malformed" }));
    const turned = parse([first, ...fields.toReversed()].join("\r\n")).headers;
    expect(Object.fromEntries(turned)).toEqual(Object.fromEntries(parse(whole).headers));
    expect(() => parse([...fields, first].join("\r\n"))).toThrow(expect.objectContaining({ code: "hello-malformed" }));
  });

  test("with a value or a name one character beyond the limit is malformed", () => {
    expect(parse(`${whole}\r\nX: ${"v".repeat(512)}`).headers.get("x")).toHaveLength(512);
    for (const field of [`X: ${"v".repeat(513)}`, `${"N".repeat(65)}: v`])
      expect(() => parse(`${whole}\r\n${field}`)).toThrow(expect.objectContaining({ code: "hello-malformed" }));
  });
});
