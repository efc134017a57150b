import { describe, expect, test, vi } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import type { Leg } from "../../../link/carrier.ts";
import { acceptPinned, connectPinned, type PinnedSocket } from "../../../link/pinned-tls.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { patienceMs } from "../../patience.ts";
import { dial, fence, realHello, settled, until } from "../../unit/link/sockets.ts";
import { type Authority, inside, lease, type Session, startWorld, type World } from "./world.ts";

/** A client in TLS with an agent behind the gateway; the agent sends without end to a client that does not read. */
async function flood(world: World, session: Session): Promise<{ client: PinnedSocket; agent: PinnedSocket; leg: Leg }> {
  const programKey = createProgramKey();
  const accepted = Promise.withResolvers<{ agent: PinnedSocket; leg: Leg }>();
  const answer = async (leg: Leg) => {
    const agent = await acceptPinned(leg.stream, {
      raw: leg.raw,
      programKey,
      clientKey: "none",
      timeoutMs: patienceMs,
    });
    agent.tls.on("error", () => {});
    const chunk = Buffer.alloc(65_536, 7);
    const pour = (): void => {
      while (agent.tls.writable && agent.tls.write(chunk));
    };
    agent.tls.on("drain", pour);
    pour();
    accepted.resolve({ agent, leg });
  };
  await inside(world, session, (leg) => void answer(leg));
  const client = await connectPinned({
    host: "127.0.0.1",
    port: world.gateway.port,
    servername: session.host,
    pin: programKey.pin,
    timeoutMs: patienceMs,
  });
  return { client, ...(await accepted.promise) };
}

/** Resolves when no more of the flood passes: every buffer on the way is full. How many bytes the agent has written. */
const stalled = (agent: PinnedSocket): Promise<number> => settled(() => agent.raw.bytesWritten);

/** When it closes. Who does not read does not hear of a reset, so the client reads from here on. */
function closed({ raw, tls }: PinnedSocket): Promise<void> {
  tls.on("error", () => {}).resume();
  return new Promise((resolve) => (raw.closed ? resolve() : raw.once("close", () => resolve())));
}

describe("a cut", () => {
  test("stops the bytes at once on both legs, under a reader that is slow", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    const { client, agent } = await flood(world, session);
    const sent = await stalled(agent);
    expect(sent).toBeGreaterThan(1_000_000);

    const agentClosed = closed(agent);
    await authority.request("session.cut", { session: session.id, reason: "revoked" });
    // Though nobody reads at the other end, where an orderly end would wait for ever.
    await agentClosed;

    // The reader wakes up only now: what it still gets was in its own kernel, nothing of what was queued behind.
    let late = 0;
    client.tls.on("error", () => {}).on("data", (chunk: Buffer) => (late += chunk.length));
    await closed(client);
    expect(late).toBeLessThan(sent / 2);
    await until(() => world.ended.length > 0);
    expect(world.ended).toMatchObject([{ session: session.id, reason: "revoked" }]);
    expect(world.gateway.figures().bytes.down).toBeGreaterThan(0);
  });

  test("leaves no route, no token and no neighbour's harm behind", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const [first, second] = [await world.session(authority), await world.session(authority)];
    const neighbour = await flood(world, second);
    const one = await flood(world, first);
    await authority.request("session.cut", { session: first.id, reason: "locked" });
    await closed(one.client);
    const again = connectPinned({
      host: "127.0.0.1",
      port: world.gateway.port,
      servername: first.host,
      pin: createProgramKey().pin,
      timeoutMs: patienceMs,
    });
    await expect(again).rejects.toMatchObject({ code: "link-closed" });
    let bytes = 0;
    neighbour.client.tls.on("data", (chunk: Buffer) => (bytes += chunk.length));
    await until(() => bytes > 5_000_000);
    expect(neighbour.client.raw.destroyed).toBe(false);
  });

  test("can be ordered twice, and a session that ended can't be opened again", async () => {
    const world = await startWorld();
    const authority = await world.connect({ ignoreEnded: true });
    const session = await world.session(authority);
    await authority.request("session.cut", { session: session.id, reason: "revoked" });
    await authority.request("session.cut", { session: session.id, reason: "locked" });
    expect(world.ended.map((ended) => ended.reason)).toEqual(["revoked"]);
    const opened = authority.request("route.open", {
      host: session.host,
      kind: "session",
      session: session.id,
      leaseMs: 1_000,
      tokenHashes: [],
    });
    await expect(opened).rejects.toMatchObject({ code: "state-conflict" });
  });
});

/** Renews its lease, for less than it has left. */
async function shorten(world: World, authority: Authority, session: Session): Promise<void> {
  const body = { audience: world.address.pin, sequence: 1, sessions: [session.id], durationMs: 200 };
  await authority.request("lease", { lease: await lease(world.authorityProgramKey, body) });
}

describe("a lease", () => {
  test("that lapses cuts by itself while the control link is silent", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    const { client, agent } = await flood(world, session);
    await shorten(world, authority, session);
    await Promise.all([closed(agent), closed(client)]);
    expect(world.ended).toMatchObject([{ session: session.id, reason: "lease-lost" }]);
  });

  test("that lapses cuts while no control link is there, and the next one hears of it", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    const { client } = await flood(world, session);
    await shorten(world, authority, session);
    authority.close();
    await authority.closed;
    await closed(client);
    expect(world.ended).toEqual([]);
    await world.connect();
    await until(() => world.ended.length > 0);
    expect(world.ended).toMatchObject([{ session: session.id, reason: "lease-lost" }]);
  });

  test("that is renewed lives on, and one left out of the renewal does not", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const leaseMs = 3_000;
    const kept = await world.session(authority, { leaseMs });
    const left = await world.session(authority, { leaseMs });
    const body = { audience: world.address.pin, sequence: 1, sessions: [kept.id], durationMs: 60_000 };
    await authority.request("lease", { lease: await lease(world.authorityProgramKey, body) });
    // The one that is kept had the earlier end of the two.
    await until(() => world.ended.length > 0);
    expect(world.ended).toMatchObject([{ session: left.id, reason: "lease-lost" }]);
    expect((await authority.request("hello", {})).sessions).toEqual([kept.id]);
  });

  test("is taken for no longer than one lease lasts, whatever the authority says: at the beginning and at a renewal", async () => {
    let ms = 0;
    const world = await startWorld({ now: () => ms });
    const authority = await world.connect();
    const hour = 3_600_000;
    const first = await world.session(authority, { leaseMs: hour });
    const second = await world.session(authority, { leaseMs: hour });
    let sequence = 0;
    const renew = async (...sessions: Id<"session">[]) => {
      const body = { audience: world.address.pin, sequence: ++sequence, sessions, durationMs: hour };
      await authority.request("lease", { lease: await lease(world.authorityProgramKey, body) });
    };
    ms += limits.leaseMs - 1;
    await renew(second.id);
    ms += 1;
    await renew();
    await until(() => world.ended.length > 0);
    expect(world.ended).toMatchObject([{ session: first.id, reason: "lease-lost" }]);
    ms += limits.leaseMs - 1;
    await renew();
    await until(() => world.ended.length > 1);
    expect(world.ended[1]).toMatchObject({ session: second.id, reason: "lease-lost" });
  });

  test("is void when signed by another key, meant for another gateway, or of an earlier number", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority, { leaseMs: 400 });
    const body = { audience: world.address.pin, sequence: 1, sessions: [session.id], durationMs: 60_000 };
    const order = async (key: typeof world.authorityProgramKey, change: object) =>
      authority.request("lease", { lease: await lease(key, { ...body, ...change }) });
    await expect(order(createProgramKey(), {})).rejects.toMatchObject({ code: "lease-invalid" });
    const other = { audience: createProgramKey().pin };
    await expect(order(world.authorityProgramKey, other)).rejects.toMatchObject({ code: "lease-invalid" });
    await order(world.authorityProgramKey, { sequence: 2, durationMs: 400 });
    // A captured earlier one, shown again, prolongs nothing.
    await order(world.authorityProgramKey, { sequence: 2 });
    await order(world.authorityProgramKey, { sequence: 1 });
    await until(() => world.ended.length > 0);
    expect(world.ended).toMatchObject([{ session: session.id, reason: "lease-lost" }]);
  });
});

describe("a freeze", () => {
  test("holds every byte back until it is lifted", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    const { client } = await flood(world, session);
    let bytes = 0;
    client.tls.on("data", (chunk: Buffer) => (bytes += chunk.length));
    await until(() => bytes > 1_000_000);
    await authority.request("session.freeze", { session: session.id, frozen: true });
    // What had left the gateway before still arrives; then nothing more does, though the agent sends without end.
    const frozenAt = await settled(() => bytes);
    await authority.request("session.freeze", { session: session.id, frozen: false });
    await until(() => bytes > frozenAt + 1_000_000);
    expect(client.raw.destroyed).toBe(false);
  });

  test("holds back a connection that comes meanwhile, and lets it through when it is lifted", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    const legs: Leg[] = [];
    await inside(world, session, (leg) => void legs.push(leg));
    await authority.request("session.freeze", { session: session.id, frozen: true });
    const client = await dial(world.gateway.port);
    const hello = await realHello({ servername: session.host });
    client.write(hello);
    await fence(5);
    expect([legs.length, client.destroyed]).toEqual([0, false]);
    await authority.request("session.freeze", { session: session.id, frozen: false });
    await until(() => legs.length === 1);
    expect(legs[0]?.stream.read()).toEqual(hello);
  });

  test("has a longest duration, which a second order does not prolong, and ends in a cut", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority, { leaseMs: 2 * limits.freezeMs });
    const { client } = await flood(world, session);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      await authority.request("session.freeze", { session: session.id, frozen: true });
      vi.advanceTimersByTime(limits.freezeMs - 1_000);
      await authority.request("session.freeze", { session: session.id, frozen: true });
      expect(world.ended).toEqual([]);
      vi.advanceTimersByTime(1_001);
    } finally {
      vi.useRealTimers();
    }
    await closed(client);
    await until(() => world.ended.length > 0);
    expect(world.ended).toMatchObject([{ session: session.id, reason: "freeze-expired" }]);
  });

  test("can't be ordered for a session that is not here", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const { id } = await world.session(authority);
    await authority.request("session.cut", { session: id, reason: "revoked" });
    const frozen = authority.request("session.freeze", { session: id, frozen: true });
    await expect(frozen).rejects.toMatchObject({ code: "session-unknown" });
  });
});

test("a session's log lines hold ids and counts, and no name, token or key", async () => {
  const lines: [object, string][] = [];
  const note = (facts: object, message: string) => void lines.push([facts, message]);
  const world = await startWorld({ log: { debug: note, info: note, warn: note, error: note } });
  const authority = await world.connect();
  const session = await world.session(authority);
  const { client, agent } = await flood(world, session);
  await stalled(agent);
  await authority.request("session.cut", { session: session.id, reason: "ended-by-staff" });
  await closed(client);
  expect(lines).toContainEqual([{ event: "gateway.session.begun", session: session.id }, "session begun"]);
  expect(lines).toContainEqual([
    {
      event: "gateway.session.ended",
      session: session.id,
      reason: "ended-by-staff",
      up: expect.any(Number),
      down: expect.any(Number),
    },
    "session ended",
  ]);
  const text = JSON.stringify(lines);
  for (const secret of [session.host, ...session.tokens, world.authorityProgramKey.pin]) {
    expect(text).not.toContain(secret);
  }
});
