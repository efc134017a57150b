import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatUpgradeRequest,
  parseUpgradeAnswer,
  parseUpgradeRequest,
  readHead,
  switchingProtocols,
} from "../../../link/upgrade.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { patienceMs } from "../../patience.ts";
import { tcpPair } from "./sockets.ts";

describe("the upgrade request", () => {
  test("is read as it was written", () => {
    const written = formatUpgradeRequest("/leg", "genkan", { "Genkan-Token": "abc" });
    expect(written.endsWith("\r\n\r\n")).toBe(true);
    const { path, headers } = parseUpgradeRequest(written.slice(0, -4));
    expect([path, headers.get("upgrade"), headers.get("connection"), headers.get("genkan-token")]).toEqual([
      "/leg",
      "genkan",
      "Upgrade",
      "abc",
    ]);
    const answer = parseUpgradeAnswer(switchingProtocols("genkan").slice(0, -4));
    expect([answer.status, answer.headers.get("upgrade")]).toEqual([101, "genkan"]);
  });

  test.each([
    ["another method", "POST /leg HTTP/1.1"],
    ["another version", "GET /leg HTTP/1.0"],
    ["a query", "GET /leg?x=1 HTTP/1.1"],
    ["an absolute target", "GET http://a/leg HTTP/1.1"],
    ["a field twice", "GET /leg HTTP/1.1\r\nA: 1\r\na: 2"],
    ["a folded field", "GET /leg HTTP/1.1\r\nA: 1\r\n 2"],
    ["a field without a colon", "GET /leg HTTP/1.1\r\nA"],
    ["a bare line feed", "GET /leg HTTP/1.1\nA: 1"],
    ["nothing", ""],
  ])("is refused with %s", (_what, head) => {
    expect(() => parseUpgradeRequest(head)).toThrow(expect.objectContaining({ code: "hello-malformed" }));
  });

  test("of arbitrary text is parsed or refused, nothing else", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const parse of [parseUpgradeRequest, parseUpgradeAnswer]) {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(GenkanError);
          }
        }
      }),
    );
  });
});

describe("the head of a stream", () => {
  test("ends at the first empty line; what follows stays in the stream", async () => {
    const { client, server } = await tcpPair();
    const head = readHead(server, patienceMs);
    for (const part of ["HTTP/1.1 101 X", "\r\nA: 1\r", "\n\r\nfirst bytes"]) {
      client.write(part);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(await head).toBe("HTTP/1.1 101 X\r\nA: 1");
    const rest = new Promise<string>((resolve) => server.once("data", (chunk) => resolve(String(chunk))));
    expect(await rest).toBe("first bytes");
  });

  test("is refused when it is endless, slow, or cut short", async () => {
    const endless = await tcpPair();
    endless.client.write("x".repeat(limits.upgradeHeadBytes + 1));
    await expect(readHead(endless.server, patienceMs)).rejects.toMatchObject({ code: "hello-malformed" });
    const slow = await tcpPair();
    slow.client.write("GET");
    await expect(readHead(slow.server, 30)).rejects.toMatchObject({ code: "link-closed" });
    const short = await tcpPair();
    short.client.end("GET");
    await expect(readHead(short.server, patienceMs)).rejects.toMatchObject({ code: "link-closed" });
  });
});
