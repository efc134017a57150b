import type { Socket } from "node:net";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { formatClientAddress, readClientAddress } from "../../../link/client-address.ts";

const read = (...chunks: (string | Buffer)[]) => {
  const stream = new PassThrough();
  const address = readClientAddress(stream as unknown as Socket);
  for (const chunk of chunks) stream.write(chunk);
  return { stream, address };
};

describe("the line that says where a client comes from", () => {
  test.each([
    ["203.0.113.5", "203.0.113.5"],
    ["::ffff:203.0.113.5", "203.0.113.5"],
    ["2001:db8::1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    [undefined, "::"],
  ])("tells %s as %s, and what follows is the client's own", async (given, told) => {
    const { stream, address } = read(formatClientAddress(given), "GET / HTTP/1.1\r\n");
    expect(await address).toBe(told);
    expect(String(stream.read())).toBe("GET / HTTP/1.1\r\n");
  });

  test("may come byte by byte", async () => {
    const { stream, address } = read(..."from 198.51.100.7\n\x16\x03".split(""));
    expect(await address).toBe("198.51.100.7");
    expect(stream.read()).toEqual(Buffer.from([0x16, 3]));
  });

  test.each([
    ["no line", "GET / HTTP/1.1\r\nHost: portal.example\r\nAccept: everything there is\r\n\r\n"],
    ["no address", "from nowhere\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"],
    ["four numbers that are no address", "from 999.1.1.1\n"],
    ["too long an address", `from ${"1".repeat(46)}\n`],
  ])("is refused: %s", async (_, text) => {
    await expect(read(text).address).rejects.toMatchObject({ code: "hello-malformed" });
  });

  test("that never ends because the connection does is link-closed", async () => {
    const { stream, address } = read("from 203.0.1");
    stream.end();
    await expect(address).rejects.toMatchObject({ code: "link-closed" });
  });
});
