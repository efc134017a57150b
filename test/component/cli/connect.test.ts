import { once } from "node:events";
import { createServer, connect as dial, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { connect } from "../../../cli/connect.ts";
import { Terminal } from "../../../cli/terminal.ts";
import { sha256 } from "../../../crypto/thumbprint.ts";
import { listen } from "../../../link/listen.ts";
import type { IncomingStream } from "../../../link/multiplexer.ts";
import { resetNow } from "../../../link/reset.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { patienceMs } from "../../patience.ts";
import { Agent } from "./agent.ts";
import { device, idOf, ownGrant, session } from "./facts.ts";
import { commandLine, StandIn } from "./stand-in.ts";

/** Code of the error by which a socket closes; undefined when it ends in peace. */
function closing(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    let code: string | undefined;
    socket.on("error", (error: NodeJS.ErrnoException) => {
      code = error.code;
    });
    socket.on("close", () => resolve(code));
  });
}

let server: StandIn;
let agent: Agent;
let line: ReturnType<typeof commandLine>;
beforeEach(async () => {
  server = await new StandIn().listen();
  agent = await new Agent().listen();
  line = commandLine({ json: true });
  line.signIn(server.origin);
  server.answers["GET /api/grants"] = () => ({ grants: [ownGrant(line.cli.folder)] });
  server.answers["POST /api/sessions"] = () => agent.ticket;
  server.answers[`POST /api/sessions/${idOf("session")}/end`] = session({ state: "ended" });
});
afterEach(() => {
  line.interrupt();
  agent.close();
  server.close();
  line.remove();
});

const options = { device: "vital monitor", service: "ssh" };

/** Connects and waits for the port. */
async function connected(more: object = {}): Promise<{ port: number; code: Promise<number> }> {
  const code = connect(line.cli, { ...options, ...more });
  code.catch(() => {});
  await vi.waitFor(() => expect(line.said.out + line.said.err).toMatch(/listening|127\.0\.0\.1/), patienceMs);
  const [event] =
    line.said.out === "" ? [{ port: Number(/127\.0\.0\.1:(\d+)/.exec(line.said.err)?.[1]) }] : line.objects();
  return { port: event?.["port"] as number, code };
}

describe("genkan connect", () => {
  it("proves this workstation for exactly this session and TLS key, then opens a port on 127.0.0.1", async () => {
    const { port } = await connected();
    expect(agent.proof).toMatchObject({ grant: sha256("grant"), session: idOf("session"), nonce: "the-nonce" });
    expect(agent.proof?.binding).toBe(`tls:${agent.proof?.clientKey}`);
    expect(JSON.parse(server.asks("/api/sessions")[0]?.body ?? "")).toEqual({
      grant: idOf("grant"),
      service: idOf("service", 1),
      client: "native",
      clientKey: agent.proof?.clientKey,
    });
    const local = dial({ host: "127.0.0.1", port, allowHalfOpen: true });
    local.end("through and back");
    await expect(text(local)).resolves.toBe("through and back");
  });

  it("carries half-closed connections and megabytes", async () => {
    const { port } = await connected();
    const bytes = Buffer.alloc(5_000_000, "0123456789abcdef");
    const local = dial({ host: "127.0.0.1", port, allowHalfOpen: true });
    local.end(bytes);
    expect((await text(local)) === bytes.toString()).toBe(true);
  });

  it("resets the local connection when the device refuses or resets", async () => {
    agent.onStream = (stream) => stream.refuse("device-unreachable");
    const { port } = await connected();
    const local = dial({ host: "127.0.0.1", port });
    await expect(closing(local)).resolves.toBe("ECONNRESET");
  });

  it.each([
    ["device-unreachable", "The device does not answer. Ask the hospital to check its power and network."],
    ["target-not-listed", "The agent's allow-list does not name this target."],
  ] as const)(
    "says that the agent refused with %s and what to do, once for a tool that tries again",
    async (code, says) => {
      agent.onStream = (stream) => stream.refuse(code);
      const { port } = await connected();
      for (let tries = 0; tries < 3; tries++) await closing(dial({ host: "127.0.0.1", port }));
      expect(line.objects().slice(1)).toEqual([{ event: "refused", code }]);
      line.interrupt();

      line = commandLine({ json: false });
      line.signIn(server.origin);
      const again = await connected();
      await closing(dial({ host: "127.0.0.1", port: again.port }));
      expect(line.said.err).toContain(`genkan: ${says}`);
    },
  );

  it("says nothing of a connection that its device or its tool broke off", async () => {
    agent.onStream = (stream) => {
      stream.accept();
      stream.destroy(new GenkanError("link-closed"));
    };
    const { port } = await connected();
    await closing(dial({ host: "127.0.0.1", port }));
    expect(line.objects()).toHaveLength(1);
  });

  it("prints lines for ssh and scp that know the device's host key by its service, whatever the port", async () => {
    line = commandLine({ json: false });
    line.signIn(server.origin);
    const { port } = await connected();
    const alias = `-o HostKeyAlias=genkan-${idOf("service", 1)}`;
    expect(line.said.err).toContain(`ssh ${alias} -p ${port} USER@127.0.0.1\n`);
    expect(line.said.err).toContain(`scp ${alias} -P ${port} FILE USER@127.0.0.1:\n`);
  });

  it("resets the stream when the local tool is killed", async () => {
    const streams: IncomingStream[] = [];
    agent.onStream = (stream) => {
      streams.push(stream);
      stream.accept();
      stream.resume();
    };
    const { port } = await connected();
    const local = dial({ host: "127.0.0.1", port });
    local.write("x");
    await vi.waitFor(() => expect(streams).toHaveLength(1), patienceMs);
    local.resetAndDestroy();
    await vi.waitFor(() => expect(streams[0]?.errored).toMatchObject({ code: "link-closed" }), patienceMs);
  });

  it("listens on the port that was asked for, and says when it is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    await expect(connect(line.cli, { ...options, port: String(port) })).rejects.toMatchObject({ key: "port-taken" });
    expect(server.asks(`/api/sessions/${idOf("session")}/end`)).toHaveLength(1);
    other.close();
    await once(other, "close");
    await expect(connected({ port: String(port) })).resolves.toMatchObject({ port });
  });

  it.each(["0", "65536", "ssh", "-1", "1e3"])("does not take %s for a port", async (port) => {
    await expect(connect(line.cli, { ...options, port })).rejects.toMatchObject({ key: "port-invalid" });
    expect(server.asked).toHaveLength(0);
  });

  it("opens no port when the agent refuses the proof, and ends the session that was admitted", async () => {
    agent.refusal = "proof-invalid";
    await expect(connect(line.cli, options)).rejects.toMatchObject({ code: "proof-invalid" });
    expect(line.said.out).toBe("");
    expect(server.asks(`/api/sessions/${idOf("session")}/end`)).toHaveLength(1);
  });

  it("opens no port to an agent whose key is not the pinned one", async () => {
    const other = await new Agent().listen();
    const sessions = server.answers["POST /api/sessions"] as () => object;
    server.answers["POST /api/sessions"] = () => ({ ...sessions(), gateway: { host: "127.0.0.1", port: other.port } });
    await expect(connect(line.cli, options)).rejects.toMatchObject({ code: "peer-key-mismatch" });
    expect(other.proof).toBeUndefined();
    other.close();
  });

  it("passes on why the authority does not admit", async () => {
    server.answers["POST /api/sessions"] = new GenkanError("denied", undefined, { reasons: ["locked"] });
    await expect(connect(line.cli, options)).rejects.toMatchObject({ code: "denied", reasons: ["locked"] });
  });
});

describe("genkan connect where nothing is open", () => {
  it("says when the window begins, where the device is and here", async () => {
    const windows = [{ start: "2100-03-01T16:00:00.000Z", end: "2100-03-01T18:00:00.000Z" }];
    const scheduled = { state: "scheduled", windows, siteZone: "Europe/Berlin" } as const;
    server.answers["GET /api/grants"] = { grants: [ownGrant(line.cli.folder, scheduled)] };
    await expect(connect(line.cli, options)).rejects.toMatchObject({
      code: "window-not-begun",
      detail: "2100-03-01 17:00 (Europe/Berlin) = 2100-03-02 01:00 (Asia/Tokyo).",
    });
  });

  it("tells a device of which there is no grant from one that is not there", async () => {
    server.answers["GET /api/grants"] = { grants: [] };
    server.answers["GET /api/devices"] = { devices: [device()] };
    await expect(connect(line.cli, { device: "vital", service: "ssh" })).rejects.toMatchObject({
      key: "no-grant",
      values: { device: "Vital Monitor", service: "Shell" },
    });
    await expect(connect(line.cli, { device: "pump", service: "ssh" })).rejects.toMatchObject({
      key: "name-unknown",
      values: { noun: { ja: "機器" }, known: "Vital Monitor" },
    });
  });
});

describe("the end of a connection", () => {
  it("is told to the authority on Ctrl-C, and exits 0", async () => {
    const { port, code } = await connected();
    line.interrupt();
    await expect(code).resolves.toBe(0);
    expect(server.asks(`/api/sessions/${idOf("session")}/end`)).toMatchObject([
      { method: "POST", body: '{"reason":null}' },
    ]);
    expect(line.objects().at(-1)).toMatchObject({ event: "ended", reason: "ended-by-technician" });
    await expect(closing(dial({ host: "127.0.0.1", port }))).resolves.toBe("ECONNREFUSED");
  });

  it("brings the agent's reason, exits 3, and cuts local connections", async () => {
    const { port, code } = await connected();
    const local = dial({ host: "127.0.0.1", port });
    await once(local, "connect");
    const closed = closing(local);
    agent.mux?.close("window-closed");
    await expect(code).resolves.toBe(3);
    await expect(closed).resolves.toBe("ECONNRESET");
    expect(line.objects().at(-1)).toMatchObject({ event: "ended", reason: "window-closed" });
  });

  it("asks the authority for the reason when the link was reset", async () => {
    const views = [session(), session({ state: "ended", reason: "revoked" })];
    server.answers[`GET /api/sessions/${idOf("session")}`] = () => views.shift() ?? new GenkanError("internal");
    const { code } = await connected();
    resetNow(...agent.raws);
    await expect(code).resolves.toBe(3);
    expect(line.objects().at(-1)).toMatchObject({ event: "ended", reason: "revoked" });
  });

  it("says so when nobody knows why, and does not reconnect", async () => {
    const { code } = await connected();
    server.close();
    resetNow(...agent.raws);
    await expect(code).resolves.toBe(3);
    expect(line.objects().at(-1)).toMatchObject({ event: "ended", reason: null });
    expect(agent.raws).toHaveLength(1);
  });
});

describe("what a connection shows", () => {
  it("closes the port and ends the session when it can't be shown", async () => {
    const terminal = new Terminal({
      out: new PassThrough(),
      err: new PassThrough(),
      live: true,
      columns() {
        throw new Error("no terminal");
      },
      json: false,
      language: "en",
    });
    const probe = await listen({ host: "127.0.0.1", port: 0, onSocket() {} });
    const { port } = probe;
    probe.close();
    const failing = connect({ ...line.cli, terminal }, { ...options, port: String(port) });
    await expect(failing).rejects.toThrow("no terminal");
    await expect(closing(dial({ host: "127.0.0.1", port }))).resolves.toBe("ECONNREFUSED");
    expect(server.asks(`/api/sessions/${idOf("session")}/end`)).toHaveLength(1);
    await vi.waitFor(() => expect(agent.raws.every((raw) => raw.destroyed)).toBe(true), patienceMs);
  });

  it("goes on in a zone that this computer does not know", async () => {
    server.answers["GET /api/grants"] = () => ({ grants: [ownGrant(line.cli.folder, { siteZone: "Mars/Olympus" })] });
    line.remove();
    line = commandLine();
    line.signIn(server.origin);
    const { code } = await connected();
    line.interrupt();
    await expect(code).resolves.toBe(0);
    expect(line.said.err).toContain("(UTC) = ");
  });

  it("warns once at each threshold that is still ahead", async () => {
    // The first threshold is past, and the second is met by the clock that is put forward.
    let ahead = 0;
    agent.windowEnd = new Date(Date.now() + 800_000).toISOString();
    connect({ ...line.cli, now: () => Date.now() + ahead }, options).catch(() => {});
    await vi.waitFor(() => expect(line.objects()).toHaveLength(1), patienceMs);
    ahead = 510_000;
    await vi.waitFor(() => expect(line.objects().length).toBeGreaterThan(1), patienceMs);
    expect(line.objects().slice(1)).toMatchObject([{ event: "warning", windowEnd: agent.windowEnd }]);
    // The last one comes next: the second is not told of again.
    ahead = 750_000;
    await vi.waitFor(() => expect(line.objects().length).toBeGreaterThan(2), patienceMs);
    expect(line.objects().slice(1)).toMatchObject([{ event: "warning" }, { event: "warning" }]);
    line.interrupt();
    await vi.waitFor(() => expect(line.objects().at(-1)).toMatchObject({ event: "ended" }), patienceMs);
    expect(line.objects()).toHaveLength(4);
  });

  it("shows device, port, both zones, time left and counts on a terminal, in the user's language", async () => {
    line.remove();
    line = commandLine({ live: true, language: "ja" });
    line.signIn(server.origin);
    server.answers["GET /api/grants"] = () => ({
      grants: [ownGrant(line.cli.folder, { siteZone: "America/Los_Angeles" })],
    });
    const { port, code } = await connected();
    agent.mux?.close("revoked");
    await code;
    const { err } = line.said;
    expect(err).toContain("Vital Monitor(中央病院)");
    expect(err).toContain(`-p ${port} ログイン名@127.0.0.1`);
    expect(err).toContain("残り 1:00:00");
    expect(err).toContain("(Asia/Tokyo)");
    expect(err).toContain("(America/Los_Angeles)");
    expect(err).toContain("上り 0 B 下り 0 B");
    expect(err).toContain("承認者またはセキュリティ責任者が許可を取り消しました");
  });
});
