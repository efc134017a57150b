import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFile,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "vitest";
import { type Joined, joinSite, readJoined } from "../../../agent/joined.ts";
import { createProgramKey, type ProgramKey } from "../../../crypto/program-key.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { type LinkEnd, Multiplexer } from "../../../link/multiplexer.ts";
import { connectPinned } from "../../../link/pinned-tls.ts";
import { encodeFrameHead } from "../../../protocol/frame.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { asPin } from "../../brand.ts";
import { selfSigned } from "../../parts/self-signed.ts";
import { patienceMs } from "../../patience.ts";
import { fence } from "../../unit/link/sockets.ts";
import { until } from "../channels/bench.ts";
import { Scene, Workstation } from "./fixture.ts";
import { World } from "./world.ts";

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanup.splice(0).reverse()) await clean();
});

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanup.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** A device that echoes, and tells what became of its connections. */
async function echoDevice() {
  const sockets: Socket[] = [];
  const errors: (string | undefined)[] = [];
  const port = await portOf(
    createServer((socket) => {
      sockets.push(socket);
      cleanup.push(() => socket.destroy());
      socket.on("error", (error: NodeJS.ErrnoException) => errors.push(error.code));
      socket.pipe(socket);
    }),
  );
  return { port, sockets, errors };
}

async function worldFor(scene: Scene): Promise<World> {
  const world = await World.start(scene);
  cleanup.push(() => world.stop());
  return world;
}

const host = "x7.link.genkan.internal";

/** The command line's end, as far as the agent sees it. */
async function dialIn(world: World, o: { programKey: ProgramKey; servername?: string }) {
  const { tls, raw } = await connectPinned({
    host: "127.0.0.1",
    port: world.gateway.clientPort,
    servername: o.servername ?? host,
    pin: world.joined.programKey.pin,
    programKey: o.programKey,
    timeoutMs: patienceMs,
  });
  cleanup.push(() => raw.destroy());
  const end = Promise.withResolvers<LinkEnd>();
  const link = new Multiplexer(tls, { role: "client", log: silentProgramLog, onClose: end.resolve });
  return { link, tls, raw, end: end.promise };
}

async function nativeSession(world: World, o: Parameters<Scene["order"]>[1] = {}) {
  const programKey = createProgramKey();
  const admitted = await world.admit({ ...o, ticket: { host, clientKey: programKey.pin, ...o?.ticket } });
  const proofOf = (workstation: Workstation, change: object = {}) =>
    workstation.prove({
      grant: admitted.grantHash,
      session: admitted.session,
      nonce: admitted.proofNonce,
      binding: `tls:${programKey.pin}`,
      ...change,
    });
  const enter = async () => {
    const client = await dialIn(world, { programKey });
    const ready = await client.link.prove(await proofOf(world.scene.workstation));
    return { ...client, ready };
  };
  return { ...admitted, programKey, proofOf, enter };
}

/** Signatures are verified on node's thread pool: all of its threads wait at a pipe until the returned function is called. */
function holdVerification(world: World): () => void {
  const pipe = join(world.folder.path, "pipe");
  execFileSync("mkfifo", [pipe]);
  const threads = Number(process.env["UV_THREADPOOL_SIZE"] ?? 4);
  for (let thread = 0; thread < threads; thread++) readFile(pipe, () => {});
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    // Both ends, for else this very thread waits; the readers see an end when it is closed.
    const end = openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK);
    setTimeout(() => closeSync(end), 50);
  };
  cleanup.push(release);
  return release;
}

/** A client that proves by `workstation`, and is gone before that is verified, which the returned function lets go on. */
async function leaveWhileVerified(
  world: World,
  session: Awaited<ReturnType<typeof nativeSession>>,
  workstation: Workstation,
): Promise<() => void> {
  const { link, raw, end } = await dialIn(world, { programKey: session.programKey });
  const jws = await session.proofOf(workstation);
  const release = holdVerification(world);
  link.prove(jws).catch(() => {});
  await fence(6);
  raw.resetAndDestroy();
  await end;
  await fence(6);
  return release;
}

const firstChunk = (stream: Duplex) =>
  new Promise<string>((resolve) => stream.once("data", (chunk: Buffer) => resolve(chunk.toString())));

const journalOf = (world: World) =>
  readFileSync(join(world.folder.path, "journal.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

const refusedWith = (code: string) => expect.objectContaining({ code });

describe("a native session", () => {
  test("carries bytes after the workstation's proof, and is counted, recorded and kept in the journal", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link, ready, end } = await session.enter();
    expect(Date.parse(ready.windowEnd)).toBeGreaterThan(Date.now());
    const stream = link.open();
    stream.write("hello device");
    expect(await firstChunk(stream)).toBe("hello device");
    stream.end();
    await until(() => world.authority.of("session.entries").length === 1, "the entry");
    expect(world.authority.of("session.entries")[0]).toMatchObject({
      session: session.session,
      first: 0,
      entries: [{ kind: "tcp", up: 12, down: 12 }],
    });
    expect(world.authority.of("session.begun")).toEqual([{ session: session.session }]);
    await world.authority.link?.request("session.cut", { session: session.session, reason: "revoked" });
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({
      reason: "revoked",
      counts: { up: 12, down: 12, connections: 0 },
    });
    expect([undefined, "revoked"]).toContain((await end).reason);
    expect(journalOf(world).map(({ event, reason }) => [event, reason])).toEqual([
      ["admitted", undefined],
      ["begun", undefined],
      ["ended", "revoked"],
    ]);
    expect(journalOf(world)[0]).toMatchObject({
      person: { name: "Tech" },
      approvers: [world.scene.approver.name],
      service: `tcp 127.0.0.1:${device.port}`,
    });
  });

  test("of an http service is http at the agent: each request is a row, and another host's is refused", async () => {
    const asked: (string | undefined)[] = [];
    const web = createHttp((req, res) => {
      asked.push(req.url);
      res.end("page");
    });
    const world = await worldFor(new Scene(await portOf(web), "127.0.0.1", "http"));
    const { link } = await (await nativeSession(world)).enter();
    const say = async (host: string) => {
      const stream = link.open();
      stream.write(`GET /settings HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      return text(stream);
    };
    expect(await say("127.0.0.1:8080")).toMatch(/^HTTP\/1\.1 200 OK\r\n.*page$/s);
    expect(await say("rebound.example:8080")).toMatch(/^HTTP\/1\.1 421 /);
    expect(asked).toEqual(["/settings"]);
    const rows = () => world.authority.of("session.entries").flatMap(({ entries }) => entries as object[]);
    await until(() => rows().length === 2, "both rows");
    expect(rows()).toMatchObject([
      { kind: "http", method: "GET", path: "/settings", status: 200 },
      { kind: "refusal", code: "host-mismatch" },
    ]);
  });

  test("of an https service pins the device's certificate, and another one ends it", async () => {
    const [before, after] = [selfSigned(), selfSigned()];
    const asked: (string | undefined)[] = [];
    const web = createHttps(before, (req, res) => {
      asked.push(req.headers.origin);
      res.setHeader("location", `https://${req.headers.host}/next`).end("page");
    });
    const scene = new Scene(await portOf(web), "127.0.0.1", "https");
    scene.service.tls = ["self-signed"];
    const world = await worldFor(scene);
    const { session, enter } = await nativeSession(world);
    const { link, end } = await enter();
    const say = async () => {
      const stream = link.open();
      const head = "Host: localhost:8080\r\nOrigin: http://localhost:8080\r\nConnection: close";
      stream.write(`GET / HTTP/1.1\r\n${head}\r\n\r\n`);
      return text(stream);
    };
    const answer = await say();
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n.*page$/s);
    expect(answer).toContain("location: /next\r\n");
    expect(asked).toEqual([`https://127.0.0.1:${scene.service.port}`]);

    web.setSecureContext(after);
    web.closeAllConnections();
    await say().catch(() => {});
    expect((await end).reason).toBe("certificate-changed");
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")).toMatchObject([{ session, reason: "certificate-changed" }]);
    const rows = world.authority.of("session.entries").flatMap(({ entries }) => entries as { kind: string }[]);
    expect(rows.filter(({ kind }) => kind === "certificate")).toMatchObject([{ seen: "first" }, { seen: "changed" }]);
    expect(asked).toHaveLength(1);
    expect(journalOf(world).filter(({ event }) => event === "certificate")).toMatchObject([
      { session, service: scene.service.id, seen: "first" },
      { session, service: scene.service.id, seen: "changed" },
    ]);
  });

  test("resets its device's connections at once when it is cut, with a bulk copy under way", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link } = await session.enter();
    const stream = link.open();
    stream.on("error", () => {});
    stream.on("data", () => {});
    const pump = () => {
      while (!stream.destroyed && stream.write(Buffer.alloc(65_536)));
    };
    stream.on("drain", pump);
    pump();
    await until(() => device.sockets.some((socket) => socket.bytesRead > 1_000_000), "a megabyte");
    await world.authority.link?.request("session.cut", { session: session.session, reason: "locked" });
    await until(() => device.errors.length === 1, "the device's error");
    expect(["ECONNRESET", "EPIPE"]).toContain(device.errors[0]);
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    // A lease that lapses ends it too, later.
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "locked" });
    const entries = world.authority.of("session.entries").flatMap(({ entries: rows }) => rows as object[]);
    expect(entries).toEqual([expect.objectContaining({ kind: "tcp" })]);
  });

  test("turns away whoever lacks the client's key, the host, or the workstation's key; the right one still gets in", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const other = await dialIn(world, { programKey: createProgramKey() });
    await expect(other.link.prove(await session.proofOf(world.scene.workstation))).rejects.toThrow();
    const elsewhere = await dialIn(world, { programKey: session.programKey, servername: "y8.link.genkan.internal" });
    await expect(elsewhere.link.prove(await session.proofOf(world.scene.workstation))).rejects.toThrow();
    for (const jws of [
      await session.proofOf(new Workstation()),
      await session.proofOf(world.scene.workstation, { nonce: randomToken() }),
      await session.proofOf(world.scene.workstation, { grant: "B".repeat(43) }),
      await session.proofOf(world.scene.workstation, { binding: `tls:${"B".repeat(43)}` }),
      await session.proofOf(world.scene.workstation, { session: "ses_0000000000000000" }),
      "a.b.c",
    ]) {
      const client = await dialIn(world, { programKey: session.programKey });
      await expect(client.link.prove(jws)).rejects.toEqual(refusedWith("proof-invalid"));
    }
    expect(device.sockets).toHaveLength(0);
    const { link } = await session.enter();
    const stream = link.open();
    stream.write("in");
    expect(await firstChunk(stream)).toBe("in");
    const again = await dialIn(world, { programKey: session.programKey });
    await expect(again.link.prove(await session.proofOf(world.scene.workstation))).rejects.toEqual(
      refusedWith("proof-invalid"),
    );
  });

  test("is over when its one link is: the device is reset at once, the reason follows", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link, raw } = await session.enter();
    const stream = link.open();
    stream.on("error", () => {});
    stream.write("x");
    await firstChunk(stream);
    raw.destroy();
    await until(() => device.errors.length === 1, "the device's error");
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "ended-by-technician" });
  });

  test("is over, too, when its client went away while the proof was verified", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const release = await leaveWhileVerified(world, session, world.scene.workstation);
    expect(world.authority.of("session.begun")).toEqual([]);
    release();
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")).toMatchObject([{ reason: "ended-by-technician" }]);
    expect(journalOf(world).map(({ event }) => event)).toEqual(["admitted", "begun", "ended"]);
  });

  test("stays open to its client when a wrong proof's sender went away while it was verified", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const release = await leaveWhileVerified(world, session, new Workstation());
    release();
    await until(() => world.authority.of("session.entries").length === 1, "the refusal");
    const stream = (await session.enter()).link.open();
    stream.write("in");
    expect(await firstChunk(stream)).toBe("in");
    expect(world.authority.of("session.ended")).toEqual([]);
  });

  test("takes the authority's reason when the gateway's cut came first", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { raw } = await session.enter();
    raw.destroy();
    await fence(6);
    await world.authority.link?.request("session.cut", { session: session.session, reason: "revoked" });
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "revoked" });
  });

  test("ends at a frame that breaks the layout, as one that names a target does, and records it", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { tls, end } = await session.enter();
    const target = Buffer.from(`127.0.0.1:${device.port}`);
    tls.write(Buffer.concat([encodeFrameHead("OPEN", 1, target.length), target]));
    await end;
    await until(() => world.authority.of("session.entries").length === 1, "the entry");
    expect(world.authority.of("session.entries")[0]).toMatchObject({
      entries: [{ kind: "refusal", code: "frame-malformed" }],
    });
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.entries")).toHaveLength(1);
  });

  test("refuses a stream to a target that the allow-list lost, and ends", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    await session.enter();
    world.allow([]);
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "refused-by-agent" });
  });
});

describe("a session ends", () => {
  test("when its window closes, by the agent's own clock", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link } = await session.enter();
    const stream = link.open();
    stream.on("error", () => {});
    stream.write("x");
    await firstChunk(stream);
    world.clockOffset = 3_600_000 - 55_000;
    await until(() => world.events.some(({ event }) => event === "session-warning"), "a warning");
    world.clockOffset = 3_600_000 + 1_000;
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "window-closed" });
    await until(() => device.errors.length === 1, "the device's error");
  });

  test("when nobody renews its lease; a renewal counts only from the authority, for this agent, and in order", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const leaseMs = 3_000;
    const [kept, lost] = [
      await nativeSession(world, { ticket: { leaseMs } }),
      await nativeSession(world, { ticket: { leaseMs } }),
    ];
    const both = [kept.session, lost.session];
    await world.authority.lease([kept.session], { sequence: 5 });
    await world.authority.lease(both, { sequence: 5 });
    await world.authority.lease(both, { sequence: 4 });
    await expect(world.authority.lease(both, { sequence: 6, by: createProgramKey() })).rejects.toEqual(
      refusedWith("lease-invalid"),
    );
    await expect(world.authority.lease(both, { sequence: 6, audience: "B".repeat(43) })).rejects.toEqual(
      refusedWith("lease-invalid"),
    );
    await until(() => world.authority.of("session.ended").length === 1, "the lost one's end");
    // The one that was renewed had the earlier end of the two.
    expect(world.authority.of("session.ended")).toMatchObject([{ session: lost.session, reason: "lease-lost" }]);
  });

  test("when the recorder can no longer write, and none begins until it can", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    await world.agent.stop();
    await until(() => world.authority.of("session.ended").length === 1, "the first end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({ session: session.session, reason: "agent-lost" });
    const path = join(world.folder.path, "journal.jsonl");
    renameSync(path, `${path}.old`);
    mkdirSync(path);
    world.run();
    await until(() => world.authority.of("hello").length === 2, "the second hello");
    expect(world.authority.of("hello")[1]).toMatchObject({ recorder: false });
    await expect(nativeSession(world)).rejects.toEqual(refusedWith("recorder-unavailable"));
    expect(device.sockets).toHaveLength(0);
  });

  test("before it begins when the journal can't take it, and nothing of it stays on disk", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    // Opens like any file; each write fails as on a full disk.
    const journal = join(world.folder.path, "journal.jsonl");
    rmSync(journal);
    symlinkSync("/dev/full", journal);
    await expect(nativeSession(world)).rejects.toEqual(refusedWith("recorder-unavailable"));
    expect(readdirSync(join(world.folder.path, "recordings"))).toEqual([]);
  });

  test("when a row can't be written to disk, and the device is reset with it", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const id = newId("session");
    // Opens like any file; each write fails as on a full disk.
    mkdirSync(join(world.folder.path, "recordings"));
    symlinkSync("/dev/full", join(world.folder.path, "recordings", `${id}.jsonl`));
    const session = await nativeSession(world, { ticket: { session: id } });
    const { link } = await session.enter();
    const [first, second] = [link.open(), link.open()];
    second.on("error", () => {});
    second.write("x");
    await firstChunk(second);
    first.end("y");
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("session.ended")[0]).toMatchObject({ session: id, reason: "recorder-failed" });
    expect(world.authority.of("session.entries")).toEqual([]);
    await until(() => device.errors.length === 1, "the device's error");
  });

  test("with agent-lost when the agent stops", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link } = await session.enter();
    const stream = link.open();
    stream.on("error", () => {});
    stream.write("x");
    await firstChunk(stream);
    await world.agent.stop();
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "agent-lost" });
    await until(() => device.errors.length === 1, "the device's error");
  });
});

describe("the control link", () => {
  test("a host joins once with its own key, which it keeps for itself", async () => {
    const world = await worldFor(new Scene(1));
    expect(world.authority.of("join")[0]).toMatchObject({ name: "agent-1" });
    expect(world.authority.agentKey).toBe(world.joined.programKey.pin);
    expect(statSync(join(world.folder.path, "agent.json")).mode & 0o777).toBe(0o600);
    const again = {
      folder: world.folder.path,
      gateway: world.joined.gateways[0] as Joined["gateways"][number],
      name: "b",
      token: "x",
      log: silentProgramLog,
    };
    await expect(joinSite({ ...again, authorityKey: world.scene.authority.pin })).rejects.toEqual(
      refusedWith("state-conflict"),
    );
    const folder = `${world.folder.path}/other`;
    mkdirSync(folder);
    await expect(joinSite({ ...again, folder, authorityKey: asPin("B".repeat(43)) })).rejects.toEqual(
      refusedWith("peer-key-mismatch"),
    );
    expect(readdirSync(folder)).toEqual([]);
    expect(world.authority.of("join")).toHaveLength(1);
  });

  test("a join that could not be kept, or whose words can't be right, is not asked for: its token is good once", async () => {
    const world = await worldFor(new Scene(1));
    const folder = `${world.folder.path}/other`;
    mkdirSync(folder);
    const { gateways, authorityKey } = world.joined;
    const gateway = gateways[0] as Joined["gateways"][number];
    const asked = { folder, gateway, authorityKey, name: "b", token: "x", log: silentProgramLog };
    for (const wrong of [
      { name: "" },
      { name: "n".repeat(limits.nameCharacters + 1) },
      { token: "" },
      { token: "a b" },
    ]) {
      await expect(joinSite({ ...asked, ...wrong })).rejects.toEqual(refusedWith("bad-request"));
    }
    // As on a full disk, or in a folder of somebody else.
    const draft = join(folder, "agent.json.new");
    mkdirSync(draft);
    await expect(joinSite(asked)).rejects.toEqual(refusedWith("store-unavailable"));
    expect(world.authority.of("join")).toHaveLength(1);
    rmdirSync(draft);
    expect(await joinSite(asked)).toMatchObject({ name: "b" });
    expect(readdirSync(folder)).toEqual(["agent.json"]);
    expect(readJoined(folder)).toMatchObject({ name: "b", gateways, authorityKey });
  });

  test("an order that the ladder refuses reaches neither the device nor the gateway, and stands in the journal", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    await expect(nativeSession(world, { approvals: () => [] })).rejects.toEqual(refusedWith("approval-missing"));
    const { order } = await world.order();
    await world.authority.link?.request("session.admit", order);
    await expect(world.authority.link?.request("session.admit", order)).rejects.toEqual(refusedWith("ticket-replayed"));
    expect(
      journalOf(world)
        .filter(({ event }) => event === "refused")
        .map(({ code }) => code),
    ).toEqual(["approval-missing", "ticket-replayed"]);
  });

  test("what was not acknowledged is sent again on the next link, in order, with the session's end last", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link } = await session.enter();
    world.authority.deaf.add("session.entries");
    const port = world.authority.port;
    for (const text of ["one", "two"]) {
      const stream = link.open();
      stream.write(text);
      await firstChunk(stream);
      stream.end();
      await new Promise((resolve) => stream.once("close", resolve));
    }
    world.authority.stop();
    await until(() => world.events.some(({ event }) => event === "disconnected"), "the loss");
    link.abort();
    await until(() => world.events.some(({ event }) => event === "session-ended"), "the end");
    world.authority.deaf.clear();
    await world.authority.start(port);
    await until(() => world.authority.of("hello").length === 2, "the second hello");
    expect(world.authority.of("hello")[1]).toMatchObject({ sessions: [session.session] });
    await until(() => world.authority.of("session.ended").length === 1, "the end told");
    const sent = world.authority.told.filter(({ type }) => type === "session.entries" || type === "session.ended");
    expect(sent.map(({ type }) => type)).toEqual(["session.entries", "session.ended"]);
    expect(sent[0]?.body).toMatchObject({ first: 0, entries: [{ up: 3 }, { up: 3 }] });
    // Only the authority was away: the gateway held a leg all the time, so whoever used the session has left.
    expect(sent[1]?.body).toMatchObject({ reason: "ended-by-technician" });
  });

  test("a session is the gateway's loss when its legs broke too", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    await session.enter();
    world.authority.stop();
    for (const socket of world.gateway.sockets) socket.destroy();
    await until(() => world.events.some(({ event }) => event === "session-ended"), "the end");
    expect(world.events).toContainEqual({ event: "session-ended", session: session.session, reason: "gateway-lost" });
  });

  test("what was not acknowledged when the agent stopped is sent by its next start, and then gone from disk", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const session = await nativeSession(world);
    const { link } = await session.enter();
    for (const type of ["session.entries", "session.ended"]) world.authority.deaf.add(type);
    const stream = link.open();
    stream.write("kept");
    await firstChunk(stream);
    await world.agent.stop();
    const folder = join(world.folder.path, "recordings");
    expect(readdirSync(folder)).toEqual([`${session.session}.jsonl`]);
    expect(statSync(join(folder, `${session.session}.jsonl`)).mode & 0o777).toBe(0o600);
    world.authority.deaf.clear();
    world.run();
    await until(() => world.authority.of("session.ended").length === 1, "the end");
    expect(world.authority.of("hello")[1]).toMatchObject({ sessions: [session.session] });
    expect(world.authority.of("session.entries")[0]).toMatchObject({ first: 0, entries: [{ kind: "tcp", up: 4 }] });
    expect(world.authority.of("session.ended")[0]).toMatchObject({ reason: "agent-lost", counts: { up: 4 } });
    await until(() => readdirSync(folder).length === 0, "an empty folder");
  });

  test("a nonce of the link before does not count on the next", async () => {
    const device = await echoDevice();
    const world = await worldFor(new Scene(device.port));
    const { order } = await world.order();
    const port = world.authority.port;
    world.authority.stop();
    await until(() => world.events.some(({ event }) => event === "disconnected"), "the loss");
    await world.authority.start(port);
    await until(() => world.authority.of("hello").length === 2, "the second hello");
    await expect(world.authority.link?.request("session.admit", order)).rejects.toEqual(refusedWith("ticket-replayed"));
  });
});

test("a browser's session is entered by a proof for its host and serves the device's page", async () => {
  const port = await portOf(createHttp((req, res) => res.end(`page ${req.url}`)));
  const world = await worldFor(new Scene(port, "127.0.0.1", "http"));
  const access = `http-x7.access.localhost:${world.gateway.clientPort}`;
  const admitted = await world.admit({ ticket: { client: "browser", clientKey: null, host: access } });
  const proof = (binding: string) =>
    world.scene.workstation.prove({
      grant: admitted.grantHash,
      session: admitted.session,
      nonce: admitted.proofNonce,
      binding,
    });
  const ask = async (head: string, body = "") => {
    const socket = world.connectClient();
    const text = new Promise<string>((resolve) => {
      let all = "";
      socket.on("data", (chunk) => (all += chunk.toString())).on("close", () => resolve(all));
    });
    socket.write(`${head}\r\nHost: ${access}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    return text;
  };
  const post = "POST /.genkan/enter HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
  const form = (jws: string) => `session=${admitted.session}&proof=${jws}`;
  expect(await ask("GET / HTTP/1.1")).toMatch(/^HTTP\/1.1 403 /);
  expect(await ask(post, form(await proof("host:other.localhost")))).toMatch(/^HTTP\/1.1 403 /);
  const entered = await ask(post, form(await proof(`host:${access}`)));
  expect(entered).toMatch(/^HTTP\/1.1 303 /);
  const cookie = /__Host-genkan=[^;]+/.exec(entered)?.[0] ?? "";
  expect(await ask(`GET /calls HTTP/1.1\r\nCookie: ${cookie}`)).toMatch(/^HTTP\/1.1 200 [\s\S]*page \/calls$/);
  expect(world.authority.of("session.begun")).toEqual([{ session: admitted.session }]);
  await world.authority.link?.request("session.cut", { session: admitted.session, reason: "locked" });
  await until(() => world.authority.of("session.ended").length === 1, "the end");
  const kinds = world.authority
    .of("session.entries")
    .flatMap(({ entries }) => (entries as { kind: string }[]).map(({ kind }) => kind));
  expect(kinds).toEqual(["refusal", "refusal", "http"]);
});
