import { Compile } from "typebox/compile";
import { describe, expect, test } from "vitest";
import { parseHostPort } from "../../../bin/address.ts";
import { parseRequirements } from "../../../bin/authority/requirement-option.ts";
import { parseService } from "../../../bin/authority/service-option.ts";
import { ledBack } from "../../../channels/http-url.ts";
import { parseTime } from "../../../cli/zoned-time.ts";
import { Instant } from "../../../protocol/schema.ts";

const refused = expect.objectContaining({ code: "bad-request" });

describe("an address on a command line", () => {
  test.each(["gateway.example.org:443", "127.0.0.1:0", "[::1]:65535", "localhost:7443"])("%s is read", (text) => {
    const { host, port } = parseHostPort(text, "HOST:PORT");
    expect(host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`).toBe(text);
  });

  test.each([
    "",
    ":443",
    "host",
    "host:",
    "host:65536",
    "host:99999",
    "host:-1",
    "host:0443",
    "host:１",
    "host:443 ",
    "a b:443",
    "::1:443",
    "[::1:443",
    "[fe80::1%eth0]:443",
    "[1.2.3.4]:443",
    "host\n:443",
    "-host:443",
  ])("%j is refused, with what was expected", (text) => {
    expect(() => parseHostPort(text, "It looks like HOST:PORT.")).toThrow(
      expect.objectContaining({ code: "bad-request", detail: "It looks like HOST:PORT." }),
    );
  });

  test.each<[string, object[]]>([
    ["approver:1", [{ roles: ["approver"], persons: 1 }]],
    [
      "approver|officer:2,administrator:1",
      [
        { roles: ["approver", "officer"], persons: 2 },
        { roles: ["administrator"], persons: 1 },
      ],
    ],
  ])("%s is whom a list of approvers requires", (text, requirements) => {
    expect(parseRequirements(text)).toEqual(requirements);
  });

  test.each([
    "",
    "approver",
    "approver:0",
    "approver:5",
    "auditor:1",
    "approver:1,",
    "approver|approver:1",
    "approver:1 ",
  ])("%j is nobody whom a list could require", (text) => {
    expect(() => parseRequirements(text)).toThrow(refused);
  });

  test("of a service is an IP literal with a port, also in brackets", () => {
    expect(parseService("shell:ssh:10.0.0.5:22")).toEqual({
      name: "shell",
      protocol: "ssh",
      address: "10.0.0.5",
      port: 22,
    });
    expect(parseService("page:https:[fd00::7]:443").address).toBe("fd00::7");
    expect(parseService("page:https+old-tls+self-signed:10.0.0.5:443").tls).toEqual(["self-signed", "old-tls"]);
    for (const text of [
      "shell:ssh:monitor.local:22",
      "shell:ssh:10.0.0.5:0",
      "shell:ssh:10.0.0.5:abc",
      "shell:gopher:10.0.0.5:70",
      ":ssh:10.0.0.5:22",
      " :ssh:10.0.0.5:22",
      "a\u001b[2Jb:ssh:10.0.0.5:22",
      `${"n".repeat(121)}:ssh:10.0.0.5:22`,
      "shell:ssh:10.0.0.5:22:22",
      "shell:ssh:10.0.0:22",
      "page:https+:10.0.0.5:443",
      "page:https+anything:10.0.0.5:443",
      "page:https+self-signed+self-signed:10.0.0.5:443",
      "page:http+self-signed:10.0.0.5:80",
    ])
      expect(() => parseService(text)).toThrow(refused);
  });
});

test("an instant is exactly what the calendar has, in every month of common and leap years", () => {
  const instant = Compile(Instant);
  const two = (value: number) => String(value).padStart(2, "0");
  let taken = 0;
  for (const year of ["0000", "1900", "2000", "2024", "2026", "2100", "9999"])
    for (let month = 0; month <= 13; month++)
      for (let day = 0; day <= 32; day++) {
        const text = `${year}-${two(month)}-${two(day)}T23:59:59.999Z`;
        const ms = Date.parse(text);
        const known = !Number.isNaN(ms) && new Date(ms).toISOString() === text;
        expect([text, instant.Check(text)]).toEqual([text, known]);
        taken += known ? 1 : 0;
      }
  expect(taken).toBe(365 * 7 + 3);
  for (const time of ["24:00:00.000", "00:60:00.000", "00:00:60.000", "00:00:00", "00:00:00.0000"])
    expect(instant.Check(`2026-03-01T${time}Z`)).toBe(false);
});

test("a time of a year in which no window can be is refused, in every zone", () => {
  for (const text of ["0000-01-01T00:00", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "1999-12-31T23:59Z"])
    for (const zone of ["UTC", "Asia/Tokyo", "Africa/Monrovia"])
      expect(() => parseTime(text, zone, { nowMs: 0 })).toThrow(expect.objectContaining({ key: "time-invalid" }));
});

test("a device that redirects to itself keeps the browser on the access host, whatever stands behind the slash", () => {
  const ends = {
    access: "x.access.localhost:7443",
    accessScheme: "http",
    device: "10.0.0.5:8080",
    scheme: "http",
  } as const;
  for (const path of [
    "/next",
    "//evil.example/",
    "/\\evil.example/",
    "\\evil.example",
    "/\t/evil.example",
    "///evil.example",
    "?x=//evil.example",
  ]) {
    const location = `http://${ends.device}${path}`;
    const url = new URL(ledBack(location, ends), `http://${ends.access}/`);
    expect([path, url.host]).toEqual([path, ends.access]);
  }
});
