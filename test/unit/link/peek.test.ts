import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { randomBytes } from "../../../crypto/random.ts";
import { peek, readOn } from "../../../link/peek.ts";
import { limits } from "../../../protocol/limits.ts";
import { fence, realHello, sleep, tcpPair, until } from "./sockets.ts";

const paused = { pauseOnConnect: true };
const handleOf = (socket: Socket) =>
  (socket as unknown as { _handle: { readStop: () => void; readStart: () => void; reading: boolean } })._handle;

describe("the peek", () => {
  test("finds Node's private handle as it expects it", async () => {
    const { server } = await tcpPair();
    expect(handleOf(server).readStop).toBeTypeOf("function");
    server.on("data", () => {});
    await until(() => handleOf(server).reading);
  });

  test("names the host of a TLS client whose hello comes in many segments", async () => {
    const { client, server } = await tcpPair(paused);
    const peeked = peek(server, { http: false });
    const hello = await realHello({ servername: "a.link.genkan.internal" });
    for (let at = 0; at < hello.length; at += 100) {
      client.write(hello.subarray(at, at + 100));
      await sleep(1);
    }
    expect(await peeked).toMatchObject({ kind: "tls", name: "a.link.genkan.internal", head: hello });
  });

  test("stops the handle, so that what follows stays in the kernel until somebody reads", async () => {
    const { client, server } = await tcpPair(paused);
    const peeked = peek(server, { http: true });
    client.write("POST / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
    const { head } = await peeked;
    expect(handleOf(server).reading).toBe(false);
    client.write("behind the head");
    await fence();
    expect([server.readableLength, server.bytesRead]).toEqual([0, head.length]);
    const { promise, resolve } = Promise.withResolvers<string>();
    server.on("data", (chunk: Buffer) => resolve(chunk.toString()));
    server.resume();
    readOn(server);
    expect(await promise).toBe("behind the head");
  });

  test("loses no byte of a large body behind the head", async () => {
    for (let round = 0; round < 20; round++) {
      const { client, server } = await tcpPair(paused);
      const body = Buffer.from(randomBytes(1_000_000 + round * 7_919));
      client.write("POST / HTTP/1.1\r\nHost: a.localhost\r\n\r\n");
      client.end(body);
      const { head } = await peek(server, { http: true });
      await sleep(round % 3);
      const hash = createHash("sha256").update(head.subarray(head.indexOf("\r\n\r\n") + 4));
      readOn(server);
      for await (const chunk of server) hash.update(chunk as Buffer);
      expect(hash.digest("hex")).toBe(createHash("sha256").update(body).digest("hex"));
    }
  });

  test.each([
    ["garbage", "\x00garbage", "hello-malformed"],
    ["an endless head", `GET / HTTP/1.1\r\nA: ${"x".repeat(limits.peekHeadBytes)}`, "frame-too-large"],
    [
      "a host beyond the limit",
      `GET / HTTP/1.1\r\nA: ${"x".repeat(limits.peekHeadBytes)}\r\nHost: a\r\n\r\n`,
      "frame-too-large",
    ],
    ["no host", "GET / HTTP/1.1\r\nA: b\r\n\r\n", "hello-malformed"],
  ])("refuses %s", async (_what, text, code) => {
    const { client, server } = await tcpPair(paused);
    client.write(text, "latin1");
    await expect(peek(server, { http: true })).rejects.toMatchObject({ code });
  });

  test("refuses plain HTTP where it is not allowed, and a hello that names no host", async () => {
    const plain = await tcpPair(paused);
    plain.client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await expect(peek(plain.server, { http: false })).rejects.toMatchObject({ code: "hello-malformed" });
    const nameless = await tcpPair(paused);
    nameless.client.write(await realHello({ servername: "" }));
    await expect(peek(nameless.server, { http: false })).rejects.toMatchObject({ code: "name-unknown" });
  });

  test("gives up on the slow and on those who go", async () => {
    const slow = await tcpPair(paused);
    const hello = await realHello({ servername: "a.link.genkan.internal" });
    slow.client.write(hello.subarray(0, 20));
    await expect(peek(slow.server, { http: false, timeoutMs: 30 })).rejects.toMatchObject({ code: "link-closed" });
    const gone = await tcpPair(paused);
    gone.client.end(hello.subarray(0, 20));
    await expect(peek(gone.server, { http: false })).rejects.toMatchObject({ code: "link-closed" });
  });
});
