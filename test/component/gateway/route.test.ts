import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { createProgramKey } from "../../../crypto/program-key.ts";
import { randomBytes } from "../../../crypto/random.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import type { Leg } from "../../../link/carrier.ts";
import { UpgradeCarrier } from "../../../link/carrier-upgrade.ts";
import { readClientAddress } from "../../../link/client-address.ts";
import { acceptPinned, connectPinned } from "../../../link/pinned-tls.ts";
import { limits } from "../../../protocol/limits.ts";
import { asToken } from "../../brand.ts";
import { patienceMs } from "../../patience.ts";
import { dial, drain, fence, realHello, serve, until } from "../../unit/link/sockets.ts";
import { inside, startWorld, tokens } from "./world.ts";

describe("a connection that names no route", () => {
  const hello = (servername: string) => async (port: number) => {
    const raw = await dial(port);
    raw.write(await realHello({ servername }));
    return raw;
  };
  const says = (bytes: string | Buffer) => async (port: number) => {
    const raw = await dial(port);
    raw.write(bytes);
    return raw;
  };

  test.each([
    ["an unknown name", hello("nobody.link.genkan.internal")],
    ["no name", hello("")],
    ["garbage", says(Buffer.from(randomBytes(300)).fill(0x80, 0, 1))],
    ["plain HTTP", says("GET / HTTP/1.1\r\nHost: staff.localhost\r\n\r\n")],
    ["an endless hello", says(Buffer.alloc(limits.peekBytes + 5, Buffer.from([22, 3, 1, 0, 1, 1])))],
  ])("is reset without a byte back: %s", async (_what, open) => {
    const world = await startWorld();
    expect(await drain(await open(world.gateway.port))).toEqual({ bytes: Buffer.alloc(0), reset: true });
  });
});

test("legs that stand by at one name are so many and no more; a client still finds one", async () => {
  const world = await startWorld();
  const authority = await world.connect();
  const session = await world.session(authority, { tokens: limits.legsIdle });
  const more = tokens(8);
  await authority.request("leg.expect", { host: session.host, tokenHashes: more.map((token) => sha256(token)) });
  const carrier = new UpgradeCarrier(world.address);
  const legs: Leg[] = [];
  for (const token of [...session.tokens, ...more]) legs.push(await carrier.dial(asToken(token)));
  for (const { stream } of legs) stream.on("error", () => {}).resume();
  await until(() => legs.filter(({ raw }) => raw.destroyed).length === 8);
  const spoken = new Promise((resolve) => legs.forEach(({ stream }) => stream.once("data", resolve)));
  const client = await dial(world.gateway.port);
  client.write(await realHello({ servername: session.host }));
  await spoken;
  expect(legs.filter(({ raw }) => raw.destroyed)).toHaveLength(8);
});

describe("a routed connection", () => {
  test("is TLS end to end: what passes the gateway is ciphertext", async () => {
    const world = await startWorld();
    const session = await world.session(await world.connect());
    const agent = createProgramKey();
    const client = createProgramKey();
    const seen = Promise.withResolvers<{ key: string | null; text: string }>();
    const answer = async (leg: Leg) => {
      const { tls, peerKey } = await acceptPinned(leg.stream, {
        raw: leg.raw,
        programKey: agent,
        clientKey: "required",
        pin: client.pin,
        timeoutMs: patienceMs,
      });
      tls.once("data", (chunk: Buffer) => {
        seen.resolve({ key: peerKey, text: chunk.toString() });
        tls.end(`reply to ${chunk.toString()}`);
      });
    };
    await inside(world, session, (leg) => void answer(leg));

    // A tap on the path between client and gateway sees exactly the spliced bytes.
    const tapped: Buffer[] = [];
    const far = await dial(world.gateway.port);
    const tap = await serve((near) => {
      near.on("data", (chunk: Buffer) => (tapped.push(chunk), far.write(chunk))).on("end", () => far.end());
      far.on("data", (chunk: Buffer) => (tapped.push(chunk), near.write(chunk))).on("end", () => near.end());
    });
    const { tls } = await connectPinned({
      host: "127.0.0.1",
      port: tap,
      servername: session.host,
      pin: agent.pin,
      programKey: client,
      timeoutMs: patienceMs,
    });
    tls.write("MARKER-in-clear");
    expect(await seen.promise).toEqual({ key: client.pin, text: "MARKER-in-clear" });
    const [reply] = (await once(tls, "data")) as [Buffer];
    expect(reply.toString()).toBe("reply to MARKER-in-clear");
    tls.end();
    const passed = () => {
      const { up, down } = world.gateway.figures().bytes;
      return up + down;
    };
    await until(() => passed() === Buffer.concat(tapped).length);
    const wire = Buffer.concat(tapped);
    expect(wire.length).toBeGreaterThan(1_500);
    expect(wire.includes("MARKER")).toBe(false);
    expect(wire.includes("reply")).toBe(false);
    // What the gateway counted is what passed, ciphertext and all.
    expect(passed()).toBe(wire.length);
  });

  test("is refused by the client when another key ends it", async () => {
    const world = await startWorld();
    const session = await world.session(await world.connect());
    const agent = createProgramKey();
    await inside(world, session, (leg) => {
      void acceptPinned(leg.stream, {
        raw: leg.raw,
        programKey: createProgramKey(),
        clientKey: "none",
        timeoutMs: patienceMs,
      })
        .then(({ tls }) => tls.write("never to be read"))
        .catch(() => {});
    });
    const dialled = connectPinned({
      host: "127.0.0.1",
      port: world.gateway.port,
      servername: session.host,
      pin: agent.pin,
      timeoutMs: patienceMs,
    });
    await expect(dialled).rejects.toMatchObject({ code: "peer-key-mismatch" });
  });

  test("arrives whole: 50 large POSTs at once, by plain HTTP on loopback", async () => {
    const world = await startWorld({ loopbackHttp: true });
    const authority = await world.connect();
    const held = tokens(64);
    await authority.request("route.open", {
      host: "staff.localhost",
      kind: "authority",
      session: null,
      leaseMs: null,
      tokenHashes: held.map((token) => sha256(token)),
    });
    const server = createServer((request, response) => {
      const hash = createHash("sha256");
      request.on("data", (chunk: Buffer) => hash.update(chunk)).on("end", () => response.end(hash.digest("hex")));
    });
    const session = { id: "ses_" as const, host: "staff.localhost", tokens: held };
    const addresses = new Set<string>();
    const onLeg = (leg: Leg) => {
      void readClientAddress(leg.stream).then((address) => {
        addresses.add(address);
        server.emit("connection", leg.stream);
      });
    };
    // All legs stand by, so that a busy machine makes nobody wait too long for one.
    await inside(world, session, onLeg, 50);

    const posts = Array.from({ length: 50 }, async (_, turn) => {
      const body = Buffer.from(randomBytes(2_000_000 + turn * 40_009));
      const client = await dial(world.gateway.port);
      const answer = drain(client);
      client.write(
        `POST /${turn} HTTP/1.1\r\nHost: staff.localhost\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      client.end(body);
      const text = (await answer).bytes.toString();
      expect(text).toMatch(/^HTTP\/1\.1 200/);
      expect(text.endsWith(createHash("sha256").update(body).digest("hex"))).toBe(true);
    });
    await Promise.all(posts);
    // Only the authority's own names are told who calls.
    expect([...addresses]).toEqual(["127.0.0.1"]);
  });

  test("carries a half-closed stream to its end, both ways", async () => {
    const world = await startWorld();
    const session = await world.session(await world.connect());
    const agent = createProgramKey();
    const up = Buffer.from(randomBytes(3_000_000));
    const down = Buffer.from(randomBytes(3_000_000));
    const arrived = Promise.withResolvers<string>();
    const answerLate = async (leg: Leg) => {
      const options = { raw: leg.raw, programKey: agent, clientKey: "none", timeoutMs: patienceMs } as const;
      const { tls } = await acceptPinned(leg.stream, options);
      const hash = createHash("sha256");
      for await (const chunk of tls.iterator({ destroyOnReturn: false })) hash.update(chunk as Buffer);
      // Only after the client's end does the answer begin.
      arrived.resolve(hash.digest("hex"));
      tls.end(down);
    };
    await inside(world, session, (leg) => void answerLate(leg));
    const { tls } = await connectPinned({
      host: "127.0.0.1",
      port: world.gateway.port,
      servername: session.host,
      pin: agent.pin,
      timeoutMs: patienceMs,
    });
    const answer = drain(tls);
    tls.end(up);
    expect(await arrived.promise).toBe(createHash("sha256").update(up).digest("hex"));
    expect((await answer).bytes.equals(down)).toBe(true);
    // The authority's link alone.
    await until(() => world.gateway.figures().connections === 1);
  });

  test("waits for its leg, and gets it when the inside dials", async () => {
    const world = await startWorld();
    const session = await world.session(await world.connect());
    const agent = createProgramKey();
    const connected = connectPinned({
      host: "127.0.0.1",
      port: world.gateway.port,
      servername: session.host,
      pin: agent.pin,
      timeoutMs: patienceMs,
    });
    await fence();
    await inside(world, session, (leg) => {
      void acceptPinned(leg.stream, { raw: leg.raw, programKey: agent, clientKey: "none", timeoutMs: patienceMs });
    });
    expect((await connected).peerKey).toBe(agent.pin);
  });
});

describe("strangers", () => {
  test("from one address hold so many places and no more: the oldest leaves for a newcomer, no session suffers", async () => {
    const world = await startWorld();
    const session = await world.session(await world.connect());
    const agent = createProgramKey();
    const options = { programKey: agent, clientKey: "none", timeoutMs: patienceMs } as const;
    const legs = await inside(world, session, (leg) => {
      void acceptPinned(leg.stream, { raw: leg.raw, ...options }).then(({ tls }) => tls.pipe(tls));
    });
    const { tls } = await connectPinned({
      host: "127.0.0.1",
      port: world.gateway.port,
      servername: session.host,
      pin: agent.pin,
      timeoutMs: patienceMs,
    });
    // The leg in the place of the used one: until it has shown its token it is a stranger too.
    await until(() => legs.ready === 4);
    const silent = await Promise.all(Array.from({ length: limits.unroutedPerAddress }, () => dial(world.gateway.port)));
    await fence();
    expect(silent.filter((socket) => socket.destroyed)).toHaveLength(0);
    const [oldest] = silent;
    const crowdedOut = oldest && drain(oldest);
    const newcomer = await dial(world.gateway.port);
    expect(await crowdedOut).toEqual({ bytes: Buffer.alloc(0), reset: true });
    // It alone, and not like all the others for their silence.
    expect(newcomer.destroyed).toBe(false);
    expect(silent.filter((socket) => socket.destroyed)).toHaveLength(1);
    const echoed = once(tls, "data");
    tls.write("still here");
    expect(String((await echoed)[0])).toBe("still here");
    for (const socket of silent) socket.destroy();
  });

  test("of one network crowd out themselves and nobody of another", async () => {
    const world = await startWorld();
    const other = connect({ port: world.gateway.port, host: "127.0.0.1", localAddress: "127.0.0.9" });
    other.on("error", () => {});
    await once(other, "connect");
    await fence();
    const flood = Array.from({ length: limits.unroutedPerAddress + 200 }, () => dial(world.gateway.port));
    const dialled = await Promise.all(flood);
    await until(() => dialled.filter((socket) => socket.destroyed).length >= 200);
    // Had they been reset for their silence, then this one first.
    expect(other.destroyed).toBe(false);
    for (const socket of [...dialled, other]) socket.destroy();
  });

  test("of one network begin only so many connections in a while; a leg with its token is no stranger", async () => {
    // Time stands still: on a busy machine so many dials take longer than the while.
    const world = await startWorld({ now: () => 0 });
    const authority = await world.connect();
    const dialOnce = () => {
      const socket = connect({ port: world.gateway.port, host: "127.0.0.1", localAddress: "127.0.0.8" });
      socket.write("no sense");
      return drain(socket);
    };
    for (let count = 0; count < limits.arrivalsPerAddress; count += 64) {
      await Promise.all(Array.from({ length: 64 }, dialOnce));
    }
    // One of another network says nothing either, and is let.
    const patient = await dial(world.gateway.port);
    const late = connect({ port: world.gateway.port, host: "127.0.0.1", localAddress: "127.0.0.8" });
    // Reset at once, and not after its patience: it is not even looked at.
    const lateIs = Promise.race([drain(late), once(patient, "close").then(() => "patient")]);
    expect(await lateIs).toEqual({ bytes: Buffer.alloc(0), reset: true });
    const { tokens: held } = await world.session(authority, { tokens: 4 });
    const leg = await new UpgradeCarrier(world.address).dial(asToken(held[0] ?? ""));
    expect(leg.raw.destroyed).toBe(false);
    leg.raw.destroy();
  });
});

describe("a leg's token", () => {
  test("is good once, and an unknown one never", async () => {
    const world = await startWorld();
    const { tokens: held } = await world.session(await world.connect());
    const carrier = new UpgradeCarrier(world.address);
    const [token = ""] = held;
    const leg = await carrier.dial(asToken(token));
    expect(leg.raw.destroyed).toBe(false);
    await expect(carrier.dial(asToken(token))).rejects.toMatchObject({ code: "token-refused" });
    await expect(carrier.dial(asToken(tokens(1)[0] ?? ""))).rejects.toMatchObject({ code: "token-refused" });
    leg.raw.destroy();
  });

  test("is not shown to a gateway with another key", async () => {
    const world = await startWorld();
    const { tokens: held } = await world.session(await world.connect());
    const carrier = new UpgradeCarrier({ ...world.address, pin: createProgramKey().pin });
    await expect(carrier.dial(asToken(held[0] ?? ""))).rejects.toMatchObject({ code: "peer-key-mismatch" });
    const leg = await new UpgradeCarrier(world.address).dial(asToken(held[0] ?? ""));
    leg.raw.destroy();
  });

  test("is void once its session is cut", async () => {
    const world = await startWorld();
    const authority = await world.connect();
    const session = await world.session(authority);
    await authority.request("session.cut", { session: session.id, reason: "revoked" });
    const dialled = new UpgradeCarrier(world.address).dial(asToken(session.tokens[0] ?? ""));
    await expect(dialled).rejects.toMatchObject({ code: "token-refused" });
  });

  test("does not buy a leg that speaks before its client", async () => {
    const world = await startWorld();
    const { tokens: held } = await world.session(await world.connect());
    const leg = await new UpgradeCarrier(world.address).dial(asToken(held[0] ?? ""));
    leg.stream.write("out of turn");
    expect((await drain(leg.stream)).reset).toBe(true);
  });
});
