import { once } from "node:events";
import type { Duplex } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import type { IncomingStream } from "../../../link/multiplexer.ts";
import type { MuxStream } from "../../../link/mux-stream.ts";
import { limits } from "../../../protocol/limits.ts";
import { collect, duplexPair, end, frame, readyPair, windowEnd } from "./multiplexer-pair.ts";
import { settled, turns, until } from "./sockets.ts";

const echo = (stream: IncomingStream) => {
  stream.accept();
  stream.pipe(stream);
};

describe("proving", () => {
  it("hands the proof to the agent and the end of the window to the client", async () => {
    const [below, above] = duplexPair();
    const client = end(below, "client");
    const agent = end(above, "agent");
    const proving = client.mux.prove("a.b.c");
    await expect(agent.mux.proof()).resolves.toBe("a.b.c");
    agent.mux.ready({ windowEnd });
    await expect(proving).resolves.toEqual({ windowEnd });
  });

  it("rejects with the agent's code when it refuses, and both links end", async () => {
    const [below, above] = duplexPair();
    const client = end(below, "client");
    const agent = end(above, "agent");
    const proving = client.mux.prove("a.b.c");
    await agent.mux.proof();
    agent.mux.refuse("proof-invalid");
    await expect(proving).rejects.toMatchObject({ code: "proof-invalid" });
    await expect(client.ended).resolves.toMatchObject({ reason: undefined, error: { code: "proof-invalid" } });
    await expect(agent.ended).resolves.toMatchObject({ error: { code: "proof-invalid" } });
  });

  it("waits no longer than it was told", async () => {
    const [, above] = duplexPair();
    await expect(end(above, "agent").mux.proof(5)).rejects.toMatchObject({ code: "reply-timeout" });
  });

  it("rejects on both sides when the connection goes away", async () => {
    const [below, above] = duplexPair();
    const client = end(below, "client");
    const agent = end(above, "agent");
    const outcome = Promise.allSettled([client.mux.prove("a.b.c"), agent.mux.proof().then(() => client.ended)]);
    above.destroy();
    expect((await outcome)[0]).toMatchObject({ status: "rejected", reason: { code: "link-closed" } });
    await expect(agent.ended).resolves.toMatchObject({ error: { code: "link-closed" } });
  });

  it("lets no stream open before the agent is ready", () => {
    const [below] = duplexPair();
    expect(() => end(below, "client").mux.open()).toThrow("not ready");
  });
});

describe("a stream", () => {
  it("carries bytes both ways and ends each way by itself", async () => {
    const got = Promise.withResolvers<Buffer>();
    const { client, agent } = await readyPair((stream) => {
      stream.accept();
      void collect(stream).then((bytes) => {
        got.resolve(bytes);
        // The client's side is over; this side still speaks.
        stream.end("and back");
      });
    });
    const stream = client.mux.open();
    stream.end("there");
    expect((await got.promise).toString()).toBe("there");
    expect((await collect(stream)).toString()).toBe("and back");
    await turns();
    expect(client.mux.counts).toEqual({ up: 5, down: 8, connections: 0 });
    expect(agent.mux.counts).toEqual({ up: 5, down: 8, connections: 0 });
  });

  it("emits connect when the agent has accepted, not before", async () => {
    const incoming = Promise.withResolvers<IncomingStream>();
    const { client } = await readyPair(incoming.resolve);
    const stream = client.mux.open();
    const connected = vi.fn<() => void>();
    stream.on("connect", connected);
    const other = await incoming.promise;
    await turns();
    expect(connected).not.toHaveBeenCalled();
    other.accept();
    await once(stream, "connect");
  });

  it("keeps what an agent writes before it accepts", async () => {
    const incoming = Promise.withResolvers<IncomingStream>();
    const { client } = await readyPair(incoming.resolve);
    const stream = client.mux.open();
    const other = await incoming.promise;
    other.end("greeting");
    await turns();
    expect(stream.readableLength).toBe(0);
    other.accept();
    expect((await collect(stream)).toString()).toBe("greeting");
  });

  it("is destroyed with the agent's code when it is refused, and the agent sees no error", async () => {
    const errors = vi.fn<() => void>();
    const { client, agent } = await readyPair((stream) => {
      stream.on("error", errors);
      stream.refuse("device-unreachable");
    });
    const [error] = (await once(client.mux.open(), "error")) as [Error];
    expect(error).toMatchObject({ code: "device-unreachable" });
    expect(errors).not.toHaveBeenCalled();
    expect(agent.mux.counts.connections).toBe(0);
  });

  it("resets its other end when it is destroyed, and the link lives on", async () => {
    const incoming: IncomingStream[] = [];
    const { client } = await readyPair((stream) => {
      incoming.push(stream);
      echo(stream);
    });
    const first = client.mux.open();
    await once(first, "connect");
    first.destroy();
    await until(() => incoming[0]?.destroyed === true);
    const second = client.mux.open();
    second.end("still here");
    expect((await collect(second)).toString()).toBe("still here");
  });

  it("is refused beyond the limit, and the limit frees up", async () => {
    const { client } = await readyPair(echo);
    const streams = Array.from({ length: limits.streamsPerLink }, () => client.mux.open());
    expect(() => client.mux.open()).toThrow("Too many connections");
    streams[0]?.destroy();
    const another = client.mux.open();
    another.end("fits");
    expect((await collect(another)).toString()).toBe("fits");
  });
});

describe("flow control", () => {
  it("holds back a sender whose reader stalls, and memory stays within the credit", async () => {
    const incoming = Promise.withResolvers<IncomingStream>();
    const { client } = await readyPair(incoming.resolve);
    const stream = client.mux.open();
    const other = (await incoming.promise) as IncomingStream & MuxStream;
    other.accept();
    // Small writes, the worst case for bookkeeping.
    let accepted = 0;
    const write = async () => {
      for (let turn = 0; turn < 4_000; turn += 1) {
        accepted += 997;
        if (!stream.write(Buffer.alloc(997, turn))) await once(stream, "drain");
      }
    };
    const writing = write();
    await settled(() => accepted);
    expect(client.mux.counts.up).toBe(limits.windowFirstBytes);
    expect(other.memory).toBeLessThan(2 * limits.windowFirstBytes + limits.frameBytes);
    expect(accepted).toBeLessThan(limits.windowFirstBytes + 4 * limits.frameBytes);
    let seen = 0;
    other.on("data", (part: Buffer) => {
      seen += part.length;
    });
    await writing;
    stream.end();
    await once(other, "end");
    expect(seen).toBe(4_000 * 997);
  });

  it("holds back a sender whose reader began and then paused", async () => {
    const incoming = Promise.withResolvers<IncomingStream>();
    const { client } = await readyPair(incoming.resolve);
    const stream = client.mux.open();
    const other = await incoming.promise;
    other.accept();
    let seen = 0;
    other.on("data", (part: Buffer) => {
      seen += part.length;
      if (seen > 100_000) other.pause();
    });
    stream.write(Buffer.alloc(3_000_000));
    await settled(() => seen);
    expect(seen).toBeLessThan(100_000 + 2 * limits.frameBytes);
    expect(client.mux.counts.up).toBeLessThanOrEqual(seen + limits.windowFirstBytes + limits.frameBytes);
  });

  it("does not let a stalled stream hold up another", async () => {
    const { client } = await readyPair((stream) => {
      stream.accept();
      // The first one is never read.
      if (stream.id !== 1) stream.pipe(stream);
    });
    const stalled = client.mux.open();
    stalled.write(Buffer.alloc(2_000_000));
    const lively = client.mux.open();
    const bytes = Buffer.alloc(1_000_000, "x");
    lively.end(bytes);
    expect(bytes.equals(await collect(lively))).toBe(true);
    expect(stalled.writableNeedDrain).toBe(true);
  });

  it("gives small streams their turn while a bulk copy runs", async () => {
    const { client } = await readyPair(echo);
    const bulk = client.mux.open();
    let copied = 0;
    bulk.on("data", (part: Buffer) => {
      copied += part.length;
    });
    bulk.end(Buffer.alloc(16_000_000));
    await once(bulk, "connect");
    const small = client.mux.open();
    small.end("hello");
    expect((await collect(small)).toString()).toBe("hello");
    expect(copied).toBeLessThan(16_000_000);
    await once(bulk, "end");
    expect(copied).toBe(16_000_000);
  });
});

describe("the end of a link", () => {
  it("tells the client the agent's reason and destroys every stream", async () => {
    const { client, agent } = await readyPair(echo);
    const stream = client.mux.open();
    await once(stream, "connect");
    const failed = once(stream, "error") as Promise<[Error]>;
    agent.mux.close("window-closed");
    await expect(client.ended).resolves.toEqual({ reason: "window-closed", error: undefined });
    expect((await failed)[0]).toMatchObject({ code: "session-ended" });
    expect(client.mux.counts.connections).toBe(0);
    expect(agent.mux.counts.connections).toBe(0);
    expect(() => client.mux.open()).toThrow("closed");
  });

  it("is told once, whatever follows", async () => {
    const onClose = vi.fn<() => void>();
    const [below, above] = duplexPair();
    const agent = end(above, "agent", { onClose });
    agent.mux.close("revoked");
    agent.mux.close("locked");
    agent.mux.abort();
    below.destroy();
    await turns();
    expect(onClose).toHaveBeenCalledExactlyOnceWith({ reason: "revoked", error: undefined });
  });

  it("drops what a stream still held: after CLOSE no byte follows", async () => {
    const { client, agent } = await readyPair((stream) => {
      stream.accept();
      stream.write(Buffer.alloc(3_000_000));
    });
    const stream = client.mux.open();
    await once(stream, "readable");
    agent.mux.close("revoked");
    await client.ended;
    const { down } = client.mux.counts;
    await turns();
    expect(client.mux.counts.down).toBe(down);
    expect(down).toBeLessThan(3_000_000);
  });
});

/** A link of one real end; the other end is written by hand. */
function handmade(role: "client" | "agent", onStream: (stream: IncomingStream) => void = () => {}) {
  const [hand, below] = duplexPair();
  hand.on("error", () => {});
  return { hand, ...end(below, role, { onStream }) };
}

async function readyAgent(onStream: (stream: IncomingStream) => void = () => {}): Promise<ReturnType<typeof handmade>> {
  const made = handmade("agent", onStream);
  made.hand.write(frame("PROOF", 0, "p"));
  await made.mux.proof();
  made.mux.ready({ windowEnd });
  return made;
}

async function readyClient(): Promise<ReturnType<typeof handmade> & { stream: Duplex }> {
  const made = handmade("client");
  const proving = made.mux.prove("p");
  made.hand.write(frame("READY", 0, JSON.stringify({ windowEnd })));
  await proving;
  const stream = made.mux.open();
  return { ...made, stream };
}

describe("a client that breaks the rules", () => {
  const big = Buffer.alloc(limits.frameBytes);
  const uint32 = (value: number) => Buffer.from([value >>> 24, value >>> 16, value >>> 8, value]);
  const cases: [string, string, Buffer[]][] = [
    ["sends an unknown frame", "frame-malformed", [Buffer.from([99, 0, 0, 0, 0, 0, 0, 0])]],
    ["sends a frame that is too large", "frame-too-large", [Buffer.from([6, 0, 0x80, 1, 0, 0, 0, 1])]],
    ["proves twice", "frame-malformed", [frame("PROOF", 0, "p")]],
    ["speaks for the agent: READY", "frame-malformed", [frame("READY", 0, JSON.stringify({ windowEnd }))]],
    ["speaks for the agent: CLOSE", "frame-malformed", [frame("CLOSE", 0, "revoked")]],
    ["speaks for the agent: OPENED", "frame-malformed", [frame("OPEN", 1), frame("OPENED", 1)]],
    ["opens the link itself", "frame-malformed", [frame("OPEN", 0)]],
    ["opens an even stream", "frame-malformed", [frame("OPEN", 2)]],
    ["opens the same stream twice", "frame-malformed", [frame("OPEN", 1), frame("OPEN", 1)]],
    ["opens a lower stream", "frame-malformed", [frame("OPEN", 5), frame("OPEN", 3)]],
    ["opens with a payload", "frame-malformed", [frame("OPEN", 1, "x")]],
    ["sends data to a stream that was never opened", "frame-malformed", [frame("DATA", 1, "x")]],
    ["sends data to the link", "frame-malformed", [frame("DATA", 0, "x")]],
    ["sends empty data", "frame-malformed", [frame("OPEN", 1), frame("DATA", 1)]],
    ["sends data after its end", "frame-malformed", [frame("OPEN", 1), frame("END", 1), frame("DATA", 1, "x")]],
    ["ends twice", "frame-malformed", [frame("OPEN", 1), frame("END", 1), frame("END", 1)]],
    ["gives no credit", "frame-malformed", [frame("OPEN", 1), frame("CREDIT", 1, uint32(0))]],
    ["gives too much credit", "frame-malformed", [frame("OPEN", 1), frame("CREDIT", 1, uint32(0xffffffff))]],
    ["gives credit in three bytes", "frame-malformed", [frame("OPEN", 1), frame("CREDIT", 1, "abc")]],
    ["resets with an unknown code", "frame-malformed", [frame("OPEN", 1), frame("RESET", 1, "because")]],
    ["answers a ping that was not sent", "frame-malformed", [frame("PONG", 0, "12345678")]],
    ["pings a stream", "frame-malformed", [frame("OPEN", 1), frame("PING", 1, "12345678")]],
    [
      "sends more than its credit",
      "frame-malformed",
      [frame("OPEN", 1), ...Array.from({ length: 9 }, () => frame("DATA", 1, big))],
    ],
  ];
  it.each(cases)("loses the link when it %s", async (_name, code, frames) => {
    const { hand, ended } = await readyAgent();
    for (const bytes of frames) hand.write(bytes);
    await expect(ended).resolves.toMatchObject({ reason: undefined, error: { code } });
  });

  it.each([
    ["opens a stream", frame("OPEN", 1)],
    ["sends data", frame("DATA", 1, "x")],
    ["sends an empty proof", frame("PROOF", 0)],
  ])("loses the link when it %s before its proof was accepted", async (_name, bytes) => {
    const { hand, ended } = handmade("agent");
    hand.write(bytes);
    await expect(ended).resolves.toMatchObject({ error: { code: "frame-malformed" } });
  });

  it("loses the link when it asks for answers and never reads them", async () => {
    const { hand, ended } = await readyAgent();
    hand.pause();
    for (let turn = 0; turn < 30; turn += 1) {
      hand.write(Buffer.concat(Array.from({ length: 1_024 }, () => frame("PING", 0, "12345678"))));
    }
    await expect(ended).resolves.toMatchObject({ error: { code: "too-many" } });
  });

  it("is refused streams beyond the limit, one by one", async () => {
    const onStream = vi.fn<(stream: IncomingStream) => void>();
    const { hand, mux } = await readyAgent(onStream);
    const answers: Buffer[] = [];
    hand.on("data", (part: Buffer) => answers.push(part));
    for (let id = 1; id <= 2 * limits.streamsPerLink + 1; id += 2) hand.write(frame("OPEN", id));
    const refusal = frame("RESET", 2 * limits.streamsPerLink + 1, "stream-limit");
    await until(() => Buffer.concat(answers).includes(refusal));
    expect(onStream).toHaveBeenCalledTimes(limits.streamsPerLink);
    expect(mux.counts.connections).toBe(limits.streamsPerLink);
  });

  it("may still send to a stream that the agent has just reset", async () => {
    const { hand, mux } = await readyAgent((stream) => stream.refuse("device-unreachable"));
    for (const bytes of [frame("OPEN", 1), frame("DATA", 1, "late"), frame("END", 1), frame("OPEN", 3)]) {
      hand.write(bytes);
    }
    hand.write(frame("PING", 0, "12345678"));
    const answers: Buffer[] = [];
    hand.on("data", (part: Buffer) => answers.push(part));
    await until(() => Buffer.concat(answers).includes(frame("PONG", 0, "12345678")));
    expect(mux.counts.connections).toBe(0);
  });
});

describe("an agent that breaks the rules", () => {
  const cases: [string, Buffer[]][] = [
    ["sends data before it accepted", [frame("DATA", 1, "x")]],
    ["ends before it accepted", [frame("END", 1)]],
    ["accepts twice", [frame("OPENED", 1), frame("OPENED", 1)]],
    ["accepts what was not asked for", [frame("OPENED", 3)]],
    ["opens a stream", [frame("OPEN", 3)]],
    ["is ready twice", [frame("READY", 0, JSON.stringify({ windowEnd }))]],
    ["closes for an unknown reason", [frame("CLOSE", 0, "because")]],
    ["refuses after it was ready", [frame("REFUSED", 0, "proof-invalid")]],
  ];
  it.each(cases)("loses the link when it %s", async (_name, frames) => {
    const { hand, ended } = await readyClient();
    for (const bytes of frames) hand.write(bytes);
    await expect(ended).resolves.toMatchObject({ reason: undefined, error: { code: "frame-malformed" } });
  });

  it.each([
    ["no JSON", "soon"],
    ["no instant", JSON.stringify({ windowEnd: "tomorrow" })],
    ["more than was agreed", JSON.stringify({ windowEnd, and: 1 })],
  ])("is not believed when READY holds %s", async (_name, payload) => {
    const { hand, mux } = handmade("client");
    const proving = mux.prove("p");
    hand.write(frame("READY", 0, payload));
    await expect(proving).rejects.toMatchObject({ code: "frame-malformed" });
  });
});
