import type { AddressInfo } from "node:net";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { limits } from "../../../protocol/limits.ts";
import type { Topic } from "../../../protocol/topic.ts";
import { hosts } from "../authority/world.ts";
import { type Faces, shareFaces } from "./world.ts";

let f: Faces;
let port = 0;
const open: WebSocket[] = [];

shareFaces((shared) => {
  f = shared;
});
beforeAll(async () => {
  const app = await f.app("portal");
  await app.listen({ host: "127.0.0.1", port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterEach(() => {
  vi.useRealTimers();
  for (const socket of open.splice(0)) socket.terminate();
});

/** Opens the events as a page does; resolves with the socket, or the status of the refusal. */
function connect(headers: Record<string, string | undefined>): Promise<WebSocket | number> {
  const all = { host: new URL(hosts.portal).host, origin: hosts.portal, ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/events`, { headers: sent });
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.once("open", () => resolve(socket));
    // The server ends what it refused: an upgrade is under none of its other timeouts.
    socket.once("unexpected-response", (_request, response) => {
      response.socket.once("close", () => resolve(response.statusCode ?? 0));
      response.resume();
    });
    socket.once("error", reject);
  });
}

const cookie = (token: string) => ({ cookie: `__Host-genkan=${token}` });
const signedIn = async () => {
  const token = await f.token("technician");
  const socket = await connect(cookie(token));
  if (typeof socket === "number") throw new Error(`refused: ${socket}`);
  const heard: Topic[][] = [];
  socket.on("message", (data: Buffer) => heard.push((JSON.parse(data.toString()) as { topics: Topic[] }).topics));
  return { token, socket, heard };
};
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
};
/** A server that is about to end it, does so before it answers this. */
const stands = async (...sockets: WebSocket[]) => {
  for (const socket of sockets) {
    const answer = new Promise((resolve) => socket.once("pong", resolve));
    socket.ping();
    await answer;
  }
};

describe("live events", () => {
  test.each<[string, number, () => Promise<Record<string, string | undefined>>]>([
    ["no cookie", 401, async () => ({})],
    ["a cookie that nobody has", 401, async () => cookie("AAAA")],
    ["a cookie of staff", 401, async () => cookie(await f.token("officer"))],
    ["no origin", 403, async () => ({ ...cookie(await f.token("technician")), origin: undefined })],
    ["another origin", 403, async () => ({ ...cookie(await f.token("technician")), origin: "https://evil.example" })],
    [
      "a device page's origin",
      403,
      async () => ({ ...cookie(await f.token("technician")), origin: `https://x.${hosts.accessDomain}` }),
    ],
    ["another site", 403, async () => ({ ...cookie(await f.token("technician")), "sec-fetch-site": "same-site" })],
    ["another host", 421, async () => ({ ...cookie(await f.token("technician")), host: "evil.example" })],
  ])("with %s are refused (%i)", async (_, status, headers) => {
    expect(await connect(await headers())).toBe(status);
  });

  test("tell names of what changed, a burst at once, and nothing else", async () => {
    const { heard, socket } = await signedIn();
    for (let n = 0; n < 10; n++)
      await f.world.store.change(async (change) => {
        change.touch("requests", n % 2 === 0 ? "grants" : "sessions");
      });
    await until(() => new Set(heard.flat()).size === 3);
    expect(new Set(heard.flat())).toEqual(new Set(["requests", "grants", "sessions"]));
    // Fewer than the changes were, however slowly they came; and nothing of them after the next one.
    expect(heard.length).toBeLessThan(10);
    await stands(socket);
    heard.length = 0;
    await f.world.store.change(async (change) => change.touch("locks"));
    await until(() => heard.flat().includes("locks"));
    expect(heard).toEqual([["locks"]]);
  });

  test("end with the sign-in: when it is signed out, and when it falls idle though the page listens", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const out = await signedIn();
    const idle = await signedIn();
    const closed: string[] = [];
    out.socket.once("close", (code) => closed.push(`out ${code}`));
    idle.socket.once("close", (code) => closed.push(`idle ${code}`));
    vi.advanceTimersByTime(limits.eventsCheckMs);
    await stands(out.socket, idle.socket);
    expect(closed).toEqual([]);
    await f.post("portal", "/api/sign-out", {}, { as: out.token });
    vi.advanceTimersByTime(limits.eventsCheckMs);
    await until(() => closed.length === 1);
    expect(closed).toEqual(["out 1008"]);
    // Half the time twice: being asked in between has not kept it awake.
    f.world.clock += limits.signInIdleMs / 2;
    vi.advanceTimersByTime(limits.eventsCheckMs);
    await stands(idle.socket);
    expect(closed).toHaveLength(1);
    f.world.clock += limits.signInIdleMs / 2;
    vi.advanceTimersByTime(limits.eventsCheckMs);
    await until(() => closed.length === 2);
    expect(closed[1]).toBe("idle 1008");
  });

  test("take no large message, and survive one that is no sense", async () => {
    const { socket, heard } = await signedIn();
    socket.send("{");
    await f.world.store.change(async (change) => change.touch("locks"));
    await until(() => heard.length > 0);
    const code = new Promise((resolve) => socket.once("close", resolve));
    socket.send("x".repeat(2_000));
    expect(await code).toBe(1009);
  });

  test("asked for without an upgrade say that they are a WebSocket", async () => {
    const as = await f.token("technician");
    const answer = await f.ask("portal", "GET", "/api/events", { as, headers: { origin: hosts.portal } });
    expect(answer.status).toBe(426);
  });
});
