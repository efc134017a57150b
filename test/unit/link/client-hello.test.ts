import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { parseClientHello } from "../../../link/client-hello.ts";
import { limits } from "../../../protocol/limits.ts";
import { realHello } from "./sockets.ts";

/** The same handshake bytes in records of the given sizes. */
function inRecords(hello: Buffer, sizes: number[]): Buffer {
  const records: Buffer[] = [];
  let body = hello.subarray(5);
  for (let turn = 0; body.length > 0; turn++) {
    const fragment = body.subarray(0, sizes[turn % sizes.length]);
    body = body.subarray(fragment.length);
    records.push(Buffer.from([22, 3, 1, fragment.length >> 8, fragment.length & 255]), fragment);
  }
  return Buffer.concat(records);
}

describe("the ClientHello parser", () => {
  let hello: Buffer;
  beforeAll(async () => {
    hello = await realHello({ servername: "Pump-7.LINK.genkan.internal", minVersion: "TLSv1.3" });
  });

  test("reads the name of a real client's hello, in lower case", () => {
    expect(hello.length).toBeGreaterThan(1_400);
    expect(parseClientHello(hello)).toEqual({ name: "pump-7.link.genkan.internal" });
  });

  test("wants more for every true beginning of it", () => {
    for (let length = 0; length < hello.length; length++) {
      expect(parseClientHello(hello.subarray(0, length)), `at ${length}`).toBe("more");
    }
  });

  test("reads it from many records, however small", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 60 }), (sizes) => {
        const split = inRecords(hello, [...sizes, hello.length]);
        expect(parseClientHello(split)).toEqual({ name: "pump-7.link.genkan.internal" });
        expect(parseClientHello(split.subarray(0, -1))).toBe("more");
      }),
      { numRuns: 50 },
    );
  });

  test("refuses one that comes in more records than anybody makes of it", () => {
    const most = Array.from({ length: limits.helloRecords - 1 }, () => 1);
    expect(parseClientHello(inRecords(hello, [...most, hello.length]))).toEqual({
      name: "pump-7.link.genkan.internal",
    });
    expect(parseClientHello(inRecords(hello, [...most, 1, hello.length]))).toBe("malformed");
    expect(parseClientHello(inRecords(hello, [1]))).toBe("malformed");
  });

  test("looks at nothing behind the hello", () => {
    const early = Buffer.concat([hello, Buffer.from([20, 3, 3, 0, 1, 1])]);
    expect(parseClientHello(early)).toEqual({ name: "pump-7.link.genkan.internal" });
  });

  test("says so when a hello names no host", async () => {
    expect(parseClientHello(await realHello({ servername: "" }))).toEqual({ name: null });
  });

  test.each([
    ["another record type", Buffer.from([23, 3, 3, 0, 5])],
    ["another protocol version", Buffer.from([22, 2, 0, 0, 5])],
    ["an empty record", Buffer.from([22, 3, 1, 0, 0])],
    ["a record over 16 KiB", Buffer.from([22, 3, 1, 0x40, 0x01])],
    ["another handshake message", Buffer.from([22, 3, 1, 0, 4, 2, 0, 0, 0])],
    ["a hello too short for itself", Buffer.from([22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3])],
  ])("refuses %s as soon as it shows", (_what, bytes) => {
    expect(parseClientHello(bytes)).toBe("malformed");
  });

  test("refuses a list of two names, a name twice, and a name that no host has", () => {
    const plain = Buffer.from("pump-7.link.genkan.internal");
    const found = hello.indexOf(Buffer.from("Pump-7.LINK.genkan.internal"));
    expect(found).toBeGreaterThan(0);
    for (const name of ["pump-7.link.genkan.interna\0", "-ump-7.link.genkan.internal", "pump-7/link.genkan.internal"]) {
      const doctored = Buffer.from(hello);
      doctored.write(name, found, "latin1");
      expect(name).toHaveLength(plain.length);
      expect(parseClientHello(doctored)).toBe("malformed");
    }
    // The list's length is 5 before the name; claiming less leaves bytes behind the list.
    const shorter = Buffer.from(hello);
    shorter.writeUInt16BE(shorter.readUInt16BE(found - 5) - 1, found - 5);
    expect(parseClientHello(shorter)).toBe("malformed");
  });

  test("never throws and never finds a name in bytes that are not a hello", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(["more", "malformed"]).toContain(parseClientHello(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.nat(hello.length - 1), fc.nat(255), (at, value) => {
        const doctored = Buffer.from(hello);
        doctored[at] = value;
        const result = parseClientHello(doctored);
        expect(result === "more" || result === "malformed" || typeof result.name !== "undefined").toBe(true);
      }),
    );
  });
});
