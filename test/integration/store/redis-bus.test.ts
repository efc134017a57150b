import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../../crypto/secret.ts";
import { limits } from "../../../protocol/limits.ts";
import type { ProgramLog } from "../../../protocol/program-log.ts";
import { topics as everyTopic, type Topic } from "../../../protocol/topic.ts";
import type { Bus } from "../../../store/bus.ts";
import { redisBus } from "../../../store/redis-bus.ts";
import { Redis } from "../../parts/redis.ts";
import { folderOf } from "../../parts/unprivileged.ts";
import { patienceMs } from "../../patience.ts";

let redis: Redis;
beforeAll(async () => {
  redis = await Redis.start();
});
afterAll(() => redis.remove());

const open: Bus[] = [];
const said: string[] = [];
afterEach(async () => {
  redis.resume();
  await Promise.all(open.splice(0).map((bus) => bus.close()));
});

const say = (facts: object, message: string) => void said.push(JSON.stringify({ ...facts, message }));
const log: ProgramLog = { debug: say, info: say, warn: say, error: say };
const channel = "genkan/test";

/** A bus of one more process, and what it heard since. */
function enter(url = redis.url): { bus: Bus; heard: Topic[][] } {
  const bus = redisBus({ url: new Secret(url), channel, programLog: log });
  open.push(bus);
  const heard: Topic[][] = [];
  bus.subscribe((topics) => heard.push([...topics]));
  return { bus, heard };
}

async function until(what: string, ms: number, holds: () => boolean): Promise<void> {
  const allowedMs = Math.max(ms, patienceMs / 2);
  for (const deadline = performance.now() + allowedMs; !holds(); await sleep(10))
    if (performance.now() > deadline) throw new Error(`No ${what} within ${allowedMs} ms.`);
}

/** Two processes that hear each other. Each begins by asking for everything, for it may have missed something. */
async function pair() {
  const [one, other] = [enter(), enter()];
  await until("first hints", 3_000, () => [one, other].every(({ heard }) => heard.flat().length >= everyTopic.length));
  // One has sent all that it had before, so that what comes now is what a test publishes.
  one.bus.publish(["me"]);
  await until("hint", 3_000, () => other.heard.flat().filter((topic) => topic === "me").length >= 2);
  one.heard.length = other.heard.length = 0;
  return { one, other };
}

describe("the redis bus", () => {
  it("tells another process, and its own listeners once", async () => {
    const { one, other } = await pair();
    one.bus.publish(["locks", "grants"]);
    await until("hint", 2_000, () => other.heard.length > 0);
    // A hint comes in its turn: what was told twice would have come before this one's answer.
    other.bus.publish(["me"]);
    await until("answer", 2_000, () => [one, other].every(({ heard }) => heard.flat().includes("me")));
    for (const { heard } of [one, other]) expect(heard).toEqual([["locks", "grants"], ["me"]]);
  });

  it("never calls a listener within publish, as the in-process bus", async () => {
    const { bus, heard } = enter();
    bus.publish(["locks"]);
    expect(heard).toEqual([]);
  });

  it("stops telling who has stopped listening", async () => {
    const { one, other } = await pair();
    const heard: Topic[] = [];
    const stop = other.bus.subscribe((topics) => heard.push(...topics));
    stop();
    one.bus.publish(["trust"]);
    await until("hint", 2_000, () => other.heard.length > 0);
    expect(heard).toEqual([]);
  });

  it("loses its server without a word to writers, tells its own listeners all the same, and makes good when it is back", async () => {
    const { one, other } = await pair();
    await redis.crash();
    for (let i = 0; i < 10_000; i++) one.bus.publish(["sessions", "audit"]);
    await until("own hints", 2_000, () => one.heard.length === 10_000);
    expect(other.heard).toEqual([]);
    await redis.begin();
    await until("hints", limits.redialMs + 3_000, () => other.heard.flat().includes("sessions"));
    // Whoever was deaf asks for everything again.
    await until("everything", limits.redialMs + 3_000, () =>
      everyTopic.every((topic) => other.heard.flat().includes(topic)),
    );
    // What waited was a set of topics and not ten thousand messages.
    expect(other.heard.length).toBeLessThan(10);
  });

  it("has a server that stands still, and publishes on without waiting; both lines are dialled anew", async () => {
    const { one, other } = await pair();
    redis.pause();
    // Nothing to wait for: whatever becomes of a hint, its caller goes on.
    for (let i = 0; i < 1_000; i++) expect(one.bus.publish(["requests"])).toBeUndefined();
    await sleep(limits.busReplyMs + 500);
    redis.resume();
    await until("hint", limits.redialMs + limits.busPingMs + 3_000, () => other.heard.flat().includes("requests"));
  });

  it("takes no notice of what is no hint", async () => {
    const { one } = await pair();
    for (const message of [
      "",
      "null",
      "{",
      '{"topics":["locks"]}',
      '{"from":"x","topics":["everything"]}',
      '{"from":"x","topics":["locks"],"more":1}',
      JSON.stringify({ from: "x", topics: Array.from({ length: 500 }, () => "locks") }),
      `{"from":"${"x".repeat(limits.busMessageBytes)}","topics":[]}`,
    ])
      await redis.ask("publish", channel, message);
    await redis.ask("publish", "another/installation", '{"from":"x","topics":["locks"]}');
    await redis.ask("publish", channel, '{"from":"x","topics":["trust"]}');
    await until("hint", 2_000, () => one.heard.length > 0);
    expect(one.heard).toEqual([["trust"]]);
  });

  it("lets a short command's last hint out before it closes, and does not wait long for a server that is away", async () => {
    const { other } = await pair();
    const command = redisBus({ url: new Secret(redis.url), channel, programLog: log });
    command.publish(["me"]);
    await command.close();
    await until("hint", 2_000, () => other.heard.length > 0);
    expect(other.heard).toEqual([["me"]]);

    await redis.crash();
    const late = redisBus({ url: new Secret(redis.url), channel, programLog: log });
    late.publish(["me"]);
    await late.close();
    await redis.begin();
  });

  it("with a wrong password stays away, and its log has neither password nor address", async () => {
    said.length = 0;
    const { bus, heard } = enter(redis.url.replace(/:[^:@]+@/, ":a-wrong-password@"));
    bus.publish(["locks"]);
    await until("own hint", 1_000, () => heard.length > 0);
    await until("word of it", 3_000, () => said.some((line) => line.includes("away")));
    const everything = said.join("\n");
    expect(everything).not.toContain("password");
    expect(everything).not.toContain("sock");
  });

  it("says once that it is away, and once that it is back", async () => {
    await pair();
    said.length = 0;
    await redis.crash();
    await until("word of it", 3_000, () => said.filter((line) => line.includes("is away")).length >= 4);
    await redis.begin();
    await until("return", limits.redialMs + 3_000, () => said.filter((line) => line.includes("is back")).length >= 4);
    // Two processes with two lines each.
    expect(said.filter((line) => line.includes("is away"))).toHaveLength(4);
  });
});

describe("a server that speaks no redis", () => {
  const folder = folderOf(null, "no-redis");
  const path = join(folder.path, "socket");
  const sockets: Socket[] = [];
  let server: Server;
  beforeAll(() => {
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on("error", () => {});
      socket.write(Buffer.alloc(64, 0x41));
    }).listen(path);
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    folder.remove();
  });

  it("costs a process nothing but its hints to others", async () => {
    const { bus, heard } = enter(`redis://${encodeURIComponent(path)}`);
    for (let i = 0; i < 100; i++) bus.publish(["locks"]);
    await until("own hints", 2_000, () => heard.length === 100);
    await until("try to reach it", 2_000, () => sockets.length > 0);
  });
});
