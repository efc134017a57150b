import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHttpHost } from "../../../link/http-host.ts";

const parse = (text: string) => parseHttpHost(Buffer.from(text, "latin1"));

describe("the Host parser", () => {
  test("reads the host without port and trailing dot, in lower case", () => {
    expect(parse("GET / HTTP/1.1\r\nHost: Staff.LocalHost.:8080\r\n\r\nbody")).toEqual({ name: "staff.localhost" });
  });

  test("wants more until the head is whole", () => {
    const whole = "POST /a HTTP/1.1\r\nA: b\r\nHost: a.localhost\r\n\r\n";
    for (let length = 1; length < whole.length; length++) expect(parse(whole.slice(0, length))).toBe("more");
    expect(parse(whole)).toEqual({ name: "a.localhost" });
  });

  test.each([
    ["no Host", "GET / HTTP/1.1\r\nA: b\r\n\r\n"],
    ["two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"],
    ["white space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n"],
    ["a folded line", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n"],
    ["HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\n\r\n"],
    ["a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"],
    ["a Host with user information", "GET / HTTP/1.1\r\nHost: x@a\r\n\r\n"],
    ["binary bytes", "\x00\x01\x02"],
    ["an SSH banner", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["a method in lower case", "get / HTTP/1.1\r\nHost: a\r\n\r\n"],
  ])("refuses %s", (_what, text) => {
    expect(parse(text)).toBe("malformed");
  });

  test("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseHttpHost(bytes)));
  });
});
