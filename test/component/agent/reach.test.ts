import { type AddressInfo, createServer, type Server } from "node:net";
import { createServer as createTls } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import type { JournalEntry } from "../../../agent/journal.ts";
import { ReachTest } from "../../../agent/reach.ts";
import { limits } from "../../../protocol/limits.ts";
import { selfSigned } from "../../parts/self-signed.ts";
import { until } from "../channels/bench.ts";
import { Scene } from "./fixture.ts";
import { World } from "./world.ts";

const address = "127.0.0.1";

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A device that keeps what comes in, and a port at which nothing listens any more. */
async function devices() {
  const heard: Buffer[] = [];
  let ended = 0;
  const plain = await portOf(
    createServer((socket) => {
      socket.on("error", () => {}).on("close", () => (ended += 1));
      socket.on("data", (bytes) => {
        heard.push(bytes);
        // It speaks no TLS.
        socket.destroy();
      });
    }),
  );
  const closed = createServer();
  await new Promise<void>((resolve) => closed.listen(0, address, resolve));
  const { port: empty } = closed.address() as AddressInfo;
  await new Promise<void>((resolve) => closed.close(() => resolve()));
  return { plain, empty, heard, ended: () => ended };
}

function tester(listed: readonly number[], journal: JournalEntry[] = [], ready = true) {
  let now = 0;
  const test = new ReachTest({
    allowList: { permits: (_address, port) => listed.includes(port) },
    journal: { write: (entry) => ready && journal.push(entry) > 0 },
    roots: [],
    now: () => now,
    signal: new AbortController().signal,
  });
  return {
    test: (port: number, tls: ("self-signed" | "old-tls")[] | null = null) => test.test({ address, port }, tls),
    pass: (ms: number) => (now += ms),
    journal,
  };
}

describe("a test of a device", () => {
  test("tells one that answers from one that refuses, sends no byte to it, and stands in the journal", async () => {
    const { plain, empty, heard, ended } = await devices();
    const { test, journal } = tester([plain, empty]);
    expect([await test(plain), await test(empty)]).toEqual(["open", "refused"]);
    await until(() => ended() === 1, "the connection's end");
    expect(heard).toEqual([]);
    expect(journal).toEqual([
      { event: "reach", service: `${address}:${plain}`, reach: "open" },
      { event: "reach", service: `${address}:${empty}`, reach: "refused" },
    ]);
  });

  test("dials nothing that the allow-list does not name", async () => {
    const { plain, ended } = await devices();
    const other = tester([]);
    expect(await other.test(plain)).toBe("not-listed");
    expect(other.journal).toEqual([]);
    // What was dialled would have ended before this one.
    expect(await tester([plain]).test(plain)).toBe("open");
    await until(() => ended() > 0, "the listed one's end");
    expect(ended()).toBe(1);
  });

  test("tells what speaks no TLS, and a certificate that nobody vouches for, unless that is forgiven", async () => {
    const { plain } = await devices();
    const secured = await portOf(createTls(selfSigned()).on("tlsClientError", () => {}));
    const { test } = tester([plain, secured]);
    expect([await test(plain, []), await test(secured, []), await test(secured, ["self-signed"])]).toEqual([
      "no-tls",
      "untrusted",
      "open",
    ]);
  });

  test("is made so often and no more, and again when the time is over", async () => {
    const { empty } = await devices();
    const { test, pass } = tester([empty]);
    for (let n = 0; n < limits.reachTests; n++) await test(empty);
    await expect(test(empty)).rejects.toMatchObject({ code: "too-many" });
    pass(limits.reachTestsMs);
    expect(await test(empty)).toBe("refused");
  });

  test("is not told where the journal can't keep it", async () => {
    const { empty } = await devices();
    await expect(tester([empty], [], false).test(empty)).rejects.toMatchObject({ code: "recorder-unavailable" });
  });
});

test("an agent tells its release, its allow-list and its disk, and which targets its list names, anew when the list changes", async () => {
  const world = await World.start(new Scene());
  onTestFinished(() => world.stop());
  const { authority } = world;
  const { port } = world.scene.service;
  const reports = () => [...authority.of("hello"), ...authority.of("status")].map(({ report }) => report);
  expect(reports()[0]).toMatchObject({ allowList: { state: "listed", targets: 1 }, diskFree: expect.any(Number) });
  const targets = [
    { address, port },
    { address, port: port === 1 ? 2 : 1 },
  ];
  expect(await authority.link?.request("targets.listed", { targets })).toEqual({ listed: [true, false] });
  world.allow([]);
  await until(() => JSON.stringify(reports().at(-1)).includes('"targets":0'), "the new list");
  expect(await authority.link?.request("target.reach", { target: { address, port }, tls: null })).toEqual({
    reach: "not-listed",
  });
});
