import { writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, test } from "vitest";
import { AllowList, parseAllowList } from "../../../agent/allow-list.ts";
import type { AgentEvent } from "../../../agent/event.ts";
import { readAddress } from "../../../protocol/address.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { until } from "../channels/bench.ts";
import { temporaryFolder } from "./fixture.ts";

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

const file = (address: string, more: object = {}) => JSON.stringify({ targets: [{ address, ports: [80] }], ...more });

describe("a target", () => {
  test.each(["10.0.0.5", "192.168.7.31", "100.64.0.1", "223.255.255.254", "2001:db8::5", "fd00::1", "::ffff:10.0.0.5"])(
    "may be %s",
    (address) => {
      expect(parseAllowList(file(address)).size).toBe(1);
    },
  );

  test.each([
    ["unspecified", "0.0.0.0"],
    ["this network", "0.1.2.3"],
    ["link-local, where clouds keep their metadata", "169.254.169.254"],
    ["multicast", "224.0.0.251"],
    ["reserved", "240.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["unspecified", "::"],
    ["link-local", "fe80::1"],
    ["link-local", "febf:ffff::1"],
    ["multicast", "ff02::1"],
    ["link-local, mapped", "::ffff:169.254.169.254"],
    ["unspecified, mapped", "::ffff:0.0.0.0"],
    ["link-local in an IPv4-compatible form", "::169.254.169.254"],
    ["link-local behind NAT64", "64:ff9b::a9fe:a9fe"],
    ["link-local behind 6to4", "2002:a9fe:a9fe::1"],
    ["a name", "device.example.org"],
    ["a name that looks like an address", "10.0.0.5.example.org"],
    ["a zone", "fe80::1%eth0"],
    ["octal", "010.0.0.5"],
    ["hexadecimal", "0x0a000005"],
    ["one number", "167772165"],
    ["short", "10.5"],
    ["too large", "10.0.0.256"],
    ["with a port", "10.0.0.5:80"],
    ["with white space", " 10.0.0.5"],
    ["in brackets", "[2001:db8::5]"],
    ["empty", ""],
  ])("is never %s: %s", (_, address) => {
    expect(() => parseAllowList(file(address, { allowLoopback: true }))).toThrow(RangeError);
  });

  test.each(["127.0.0.1", "127.255.0.1", "::1", "::ffff:127.0.0.1"])(
    "is loopback %s only when the file says so",
    (address) => {
      expect(() => parseAllowList(file(address))).toThrow(/allowLoopback/);
      expect(() => parseAllowList(file(address, { allowLoopback: false }))).toThrow(/allowLoopback/);
      expect(parseAllowList(file(address, { allowLoopback: true })).size).toBe(1);
    },
  );

  test("is read exactly when the system takes it for an IP address, and spelled in one way", () => {
    const pieces = fc.constantFrom("0", "1", "10", "255", "256", "ffff", "fe80", ":", "::", ".", "127", "g", "%", "-");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.ipV4(),
          fc.ipV6(),
          fc.array(pieces, { maxLength: 17 }).map((all) => all.join("")),
        ),
        (text) => {
          const read = readAddress(text);
          expect(read !== undefined).toBe(isIP(text) !== 0 && !text.includes("%"));
          if (read) expect(readAddress(read.canonical)).toEqual(read);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  "",
  "[]",
  "null",
  "{",
  '{"targets":[]} x',
  '{"targets":[{"address":"10.0.0.5"}]}',
  '{"targets":[],"any":true}',
])("a file that is not of the known form is refused whole: %s", (text) => {
  expect(() => parseAllowList(text)).toThrow(RangeError);
});

test.each([0, 65_536, 1.5, -1, "80"])("a port of %s is refused", (port) => {
  expect(() => parseAllowList(JSON.stringify({ targets: [{ address: "10.0.0.5", ports: [port] }] }))).toThrow(
    RangeError,
  );
});

test("a list allows its own addresses and ports however they are spelled, and nothing else", () => {
  const { list } = listOn(
    JSON.stringify({
      targets: [
        { address: "2001:db8::5", ports: [22, 80] },
        { address: "10.0.0.5", ports: [23] },
      ],
    }),
  );
  expect(list.permits("2001:DB8:0:0::5", 80)).toBe(true);
  expect(list.permits("::ffff:10.0.0.5", 23)).toBe(true);
  expect(list.permits("2001:db8::5", 23)).toBe(false);
  expect(list.permits("10.0.0.5", 22)).toBe(false);
  expect(list.permits("10.0.0.6", 23)).toBe(false);
  expect(list.permits("not an address", 23)).toBe(false);
});

test("a change is noticed; a file that becomes malformed or goes away allows nothing, with a clear word", async () => {
  const { list, path, events } = listOn(file("10.0.0.5"));
  expect(list.permits("10.0.0.5", 80)).toBe(true);
  writeFileSync(path, `${file("10.0.0.6")}\n`);
  await until(() => list.permits("10.0.0.6", 80), "the changed list");
  expect(list.permits("10.0.0.5", 80)).toBe(false);
  writeFileSync(path, '{"targets": [{"address": "device", "ports": [80]}]}');
  await until(() => !list.permits("10.0.0.6", 80), "the malformed list");
  expect(events.at(-1)).toMatchObject({
    event: "allow-list",
    targets: 0,
    problem: expect.stringContaining('"device"'),
  });
});

function listOn(text: string) {
  const folder = temporaryFolder();
  const path = join(folder.path, "allow.json");
  writeFileSync(path, text);
  const events: AgentEvent[] = [];
  const list = new AllowList({ path, log: silentProgramLog, emit: (event) => events.push(event) });
  cleanup.push(folder.remove, () => list.close());
  return { list, path, events };
}
