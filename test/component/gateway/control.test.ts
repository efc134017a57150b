import { describe, expect, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { dialControl, UpgradeCarrier } from "../../../link/carrier-upgrade.ts";
import { encodeControlFrame } from "../../../link/control-frame.ts";
import { connectPinned } from "../../../link/pinned-tls.ts";
import { gatewayName } from "../../../protocol/wire-name.ts";
import { asToken } from "../../brand.ts";
import { patienceMs } from "../../patience.ts";
import { drain, until } from "../../unit/link/sockets.ts";
import { inside, startWorld, tokens } from "./world.ts";

describe("the gateway's control", () => {
  test("is refused to another key, and to a client without one", async () => {
    const world = await startWorld();
    const other = dialControl({ ...world.address, programKey: createProgramKey() });
    await expect(other).rejects.toMatchObject({ code: "token-refused" });
    const { tls } = await connectPinned({ ...world.address, servername: gatewayName, timeoutMs: patienceMs });
    const answer = drain(tls);
    tls.write("GET /control HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: genkan-control\r\n\r\n");
    expect((await answer).bytes.toString()).toMatch(/^HTTP\/1\.1 404 /);
  });

  test("is not given to the authority's key when the gateway's own is another than pinned", async () => {
    const world = await startWorld();
    const { pin } = createProgramKey();
    const dialled = dialControl({ ...world.address, pin, programKey: world.authorityProgramKey });
    await expect(dialled).rejects.toMatchObject({ code: "peer-key-mismatch" });
  });

  test.each([
    ["another path", "GET /status HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: genkan\r\n\r\n"],
    ["a leg without a token", "GET /leg HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: genkan\r\n\r\n"],
    ["no upgrade", "GET /leg HTTP/1.1\r\nGenkan-Token: x\r\n\r\n"],
  ])("answers 404 to %s", async (_what, request) => {
    const world = await startWorld();
    const { tls } = await connectPinned({ ...world.address, servername: gatewayName, timeoutMs: patienceMs });
    const answer = drain(tls);
    tls.write(request);
    expect((await answer).bytes.toString()).toBe(
      "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    );
  });

  test.each([
    ["what is no HTTP", "HELO there\r\n\r\n"],
    ["a field twice", "GET /leg HTTP/1.1\r\nGenkan-Token: a\r\nGenkan-Token: b\r\n\r\n"],
    ["an endless head", `GET /leg HTTP/1.1\r\nA: ${"x".repeat(4_000)}`],
  ])("resets %s", async (_what, request) => {
    const world = await startWorld();
    const { tls } = await connectPinned({ ...world.address, servername: gatewayName, timeoutMs: patienceMs });
    const answer = drain(tls);
    tls.write(request);
    expect(await answer).toEqual({ bytes: Buffer.alloc(0), reset: true });
  });

  test("belongs to the newest link: the one before is closed and orders no more", async () => {
    const world = await startWorld();
    const first = await world.connect();
    const session = await world.session(first);
    const second = await world.connect();
    await first.closed;
    await expect(first.request("session.cut", { session: session.id, reason: "revoked" })).rejects.toMatchObject({
      code: "link-closed",
    });
    expect((await second.request("hello", {})).sessions).toEqual([session.id]);
  });

  test("takes no order before hello", async () => {
    const world = await startWorld();
    const { tls } = await dialControl({ ...world.address, programKey: world.authorityProgramKey });
    const cut = { session: "ses_0000000000000000", reason: "revoked" };
    tls.write(encodeControlFrame({ id: 1, type: "session.cut", body: cut }));
    const [reply] = (await new Promise<Buffer[]>((resolve) => tls.once("data", (chunk) => resolve([chunk])))) as [
      Buffer,
    ];
    expect(JSON.parse(reply.subarray(4).toString())).toMatchObject({ re: 1, error: { code: "state-conflict" } });
    tls.destroy();
  });

  test("keeps an end until it was confirmed", async () => {
    const world = await startWorld();
    const deaf = await world.connect({ ignoreEnded: true });
    const session = await world.session(deaf);
    await deaf.request("session.cut", { session: session.id, reason: "revoked" });
    await until(() => world.ended.length === 1);
    await world.connect();
    await until(() => world.ended.length === 2);
    expect(world.ended[1]).toEqual(world.ended[0]);
    // A link tells in order what it has to tell: were it told of again, then before another one's end.
    const third = await world.connect();
    const other = await world.session(third);
    await third.request("session.cut", { session: other.id, reason: "revoked" });
    await until(() => world.ended.some((ended) => ended.session === other.id));
    expect(world.ended).toHaveLength(3);
  });

  test("refuses a route that is taken, unnamed, or the gateway's own, and too many tokens", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    await expect(world.session(authority, { host: session.host })).rejects.toMatchObject({ code: "state-conflict" });
    await expect(world.session(authority, { host: gatewayName })).rejects.toMatchObject({ code: "bad-request" });
    const unknown = authority.request("leg.expect", { host: "nobody.localhost", tokenHashes: [] });
    await expect(unknown).rejects.toMatchObject({ code: "name-unknown" });
    const expectMore = () =>
      authority.request("leg.expect", { host: session.host, tokenHashes: tokens(64).map((token) => sha256(token)) });
    await Promise.all([expectMore(), expectMore(), expectMore()]);
    await expect(expectMore()).rejects.toMatchObject({ code: "too-many" });
    const mixed = {
      host: "a.localhost",
      kind: "authority" as const,
      session: session.id,
      leaseMs: 1_000,
      tokenHashes: [],
    };
    await expect(authority.request("route.open", mixed)).rejects.toMatchObject({ code: "bad-request" });
  });

  test("keeps the authority's own legs over a new control link, but not its old tokens", async () => {
    const world = await startWorld({ loopbackHttp: true });
    const authority = await world.connect();
    const host = "agents.genkan.internal";
    const open = (link: typeof authority, held: string[]) =>
      link.request("route.open", {
        host,
        kind: "authority",
        session: null,
        leaseMs: null,
        tokenHashes: held.map((token) => sha256(token)),
      });
    const held = tokens(2);
    await open(authority, held);
    const pool = await inside(world, { id: "ses_" as const, host, tokens: held.slice(0, 1) }, () => {});
    authority.close();
    await authority.closed;
    expect(pool.ready).toBe(1);
    const next = await world.connect();
    await open(next, tokens(1));
    expect(pool.ready).toBe(1);
    const stale = new UpgradeCarrier(world.address).dial(asToken(held[1] ?? ""));
    await expect(stale).rejects.toMatchObject({ code: "token-refused" });
  });
});

test("a gateway that stops ends its sessions and says so", async () => {
  const world = await startWorld();
  const session = await world.session(await world.connect());
  await world.gateway.close();
  expect(world.ended).toMatchObject([{ session: session.id, reason: "gateway-lost" }]);
});
