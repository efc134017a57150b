import type { Socket } from "node:net";
import Type from "typebox";
import { describe, expect, test, vi } from "vitest";
import { ControlFrameDecoder, encodeControlFrame } from "../../../link/control-frame.ts";
import { ControlLink, type Handlers } from "../../../link/control-link.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { limits } from "../../../protocol/limits.ts";
import { type ProgramLog, silentProgramLog } from "../../../protocol/program-log.ts";
import { Strict } from "../../../protocol/schema.ts";
import { drain, settled, sleep, tcpPair, until } from "./sockets.ts";

const asked = {
  double: { send: Strict({ n: Type.Integer() }), reply: Strict({ n: Type.Integer() }) },
} as const;
const told = { note: { send: Strict({ text: Type.String() }), reply: Strict({}) } } as const;

interface Options {
  log?: ProgramLog;
  pingMs?: number;
  silenceMs?: number;
}

const noNotes: Handlers<typeof told> = { note: () => ({}) };

/** A link that asks `asked`, over a real connection whose other end the test holds, or another link. */
async function asking(options: Options & { notes?: Handlers<typeof told> } = {}) {
  const { client, server } = await tcpPair();
  const { notes: handlers = noNotes, log = silentProgramLog, ...rest } = options;
  const link = new ControlLink({ stream: client, raw: client, send: asked, receive: told, handlers, log, ...rest });
  return { link, stream: client, peer: server };
}

function answering(peer: Socket, handlers: Handlers<typeof asked>, options: Options = {}) {
  const { log = silentProgramLog, ...rest } = options;
  return new ControlLink({ stream: peer, raw: peer, send: told, receive: asked, handlers, log, ...rest });
}

describe("a control link", () => {
  test("carries requests and replies both ways at once", async () => {
    const notes: string[] = [];
    const { link, peer } = await asking({
      notes: {
        note: ({ text }) => {
          notes.push(text);
          return {};
        },
      },
    });
    const other = answering(peer, {
      double: async ({ n }) => {
        await sleep(n % 3);
        await other.request("note", { text: `${n}` });
        return { n: 2 * n };
      },
    });
    const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => link.request("double", { n })));
    expect(replies.map((reply) => reply.n)).toEqual(Array.from({ length: 200 }, (_, n) => 2 * n));
    expect(notes).toHaveLength(200);
    link.close();
    expect((await other.closed).code).toBe("link-closed");
    expect((await link.closed).code).toBe("link-closed");
  });

  test("carries a refusal by code and public detail, and says nothing of what went wrong inside", async () => {
    const logged: object[] = [];
    const { link, peer } = await asking();
    const log = { ...silentProgramLog, error: (facts: object) => void logged.push(facts) };
    answering(
      peer,
      {
        double: ({ n }) => {
          if (n === 1) throw new GenkanError("denied", "Not for you.");
          if (n === 2) throw new Error("the password is 1234");
          return { n: "not a number" as unknown as number };
        },
      },
      { log },
    );
    await expect(link.request("double", { n: 1 })).rejects.toMatchObject({ code: "denied", detail: "Not for you." });
    for (const n of [2, 3]) {
      await expect(link.request("double", { n })).rejects.toMatchObject({ code: "internal", detail: undefined });
    }
    expect(logged).toHaveLength(2);
  });

  test("lets a reply that is under way out before it closes", async () => {
    const { link, peer } = await asking();
    const other = answering(peer, {
      double: ({ n }) => {
        setImmediate(() => other.close());
        return { n };
      },
    });
    expect(await link.request("double", { n: 7 })).toEqual({ n: 7 });
    expect((await link.closed).code).toBe("link-closed");
  });

  test("gives up on a reply after its time, and bears it when it comes late", async () => {
    const { link, peer } = await asking();
    const late = Promise.withResolvers<void>();
    answering(peer, { double: ({ n }) => (n === 80 ? late.promise.then(() => ({ n })) : { n }) });
    await expect(link.request("double", { n: 80 }, 20)).rejects.toMatchObject({ code: "reply-timeout" });
    late.resolve();
    // Its reply comes behind the late one.
    expect(await link.request("double", { n: 1 })).toEqual({ n: 1 });
  });

  test("sends nothing that does not follow its schema", async () => {
    const { link, peer } = await asking();
    const heard: object[] = [];
    answering(peer, { double: (body) => (heard.push(body), body) });
    const wrong = { n: 1, more: true } as { n: number };
    await expect(link.request("double", wrong)).rejects.toMatchObject({ code: "internal" });
    expect(await link.request("double", { n: 2 })).toEqual({ n: 2 });
    expect(heard).toEqual([{ n: 2 }]);
  });

  test("refuses to wait for more replies than its limit", async () => {
    const { link, peer } = await asking();
    peer.resume();
    const waiting = Array.from({ length: limits.controlPending }, (_, n) => link.request("double", { n }));
    await expect(link.request("double", { n: 0 })).rejects.toMatchObject({ code: "too-many" });
    link.close();
    const results = await Promise.allSettled(waiting);
    expect(results.every((result) => result.status === "rejected" && result.reason.code === "link-closed")).toBe(true);
    await expect(link.request("double", { n: 0 })).rejects.toMatchObject({ code: "link-closed" });
  });

  test("reads no further while a flood of messages is being answered", async () => {
    let begun = 0;
    const hold = Promise.withResolvers<void>();
    const notes = { note: () => (begun++, hold.promise.then(() => ({}))) };
    const { link, peer } = await asking({ notes });
    const flood = limits.controlPending + 500;
    let answered = 0;
    let rest = Buffer.alloc(0);
    peer.on("data", (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      answered = rest.toString().split('{"re":').length - 1;
    });
    for (let id = 1; id <= flood; id++) {
      peer.write(encodeControlFrame({ id, type: "note", body: { text: "x".repeat(2_000) } }));
    }
    await until(() => begun >= limits.controlPending);
    await settled(() => begun);
    // One chunk that was read already may hold a few more.
    expect(begun).toBeLessThan(limits.controlPending + 64);
    hold.resolve();
    await until(() => answered === flood);
    link.close();
  });
});

describe("a breach ends a control link", () => {
  const message = (id: number, type: string, body: object) => encodeControlFrame({ id, type, body });
  const huge = Buffer.alloc(4);
  huge.writeUInt32BE(limits.controlBytes + 1);

  test.each([
    ["bytes that are no frame", Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"), "frame-too-large"],
    ["a frame that is too long", huge, "frame-too-large"],
    ["a frame that is no JSON", Buffer.from([0, 0, 0, 1, 0x7b]), "frame-malformed"],
    ["an unknown type", message(1, "open-the-door", {}), "frame-malformed"],
    ["a type of the prototype", message(1, "constructor", {}), "frame-malformed"],
    ["a body that breaks its schema", message(1, "note", { text: 1 }), "frame-malformed"],
    ["a body with an unknown member", message(1, "note", { text: "", more: 1 }), "frame-malformed"],
    [
      "a number that does not rise",
      Buffer.concat([message(2, "note", { text: "" }), message(2, "note", { text: "" })]),
      "frame-malformed",
    ],
    ["a reply to nothing", encodeControlFrame({ re: 1, body: {} }), "frame-malformed"],
  ])("%s", async (_what, bytes, code) => {
    const { link, peer } = await asking();
    const rest = drain(peer);
    peer.write(bytes);
    expect((await link.closed).code).toBe(code);
    expect((await rest).reset).toBe(true);
  });

  test("a reply that breaks its schema, and the request fails with it", async () => {
    const { link, peer } = await asking();
    peer.on("error", () => {}).once("data", () => peer.write(encodeControlFrame({ re: 1, body: { n: "two" } })));
    await expect(link.request("double", { n: 1 })).rejects.toMatchObject({ code: "frame-malformed" });
    expect((await link.closed).code).toBe("frame-malformed");
  });

  test("an end in the middle of a frame", async () => {
    const { link, peer } = await asking();
    peer.end(message(1, "note", { text: "" }).subarray(0, -1));
    expect((await link.closed).code).toBe("frame-malformed");
  });

  test("a reset", async () => {
    const { link, peer } = await asking();
    const waiting = link.request("double", { n: 1 });
    peer.resetAndDestroy();
    await expect(waiting).rejects.toMatchObject({ code: "link-closed" });
    expect((await link.closed).code).toBe("link-closed");
  });

  test("silence", async () => {
    const { link, peer } = await asking({ pingMs: 20, silenceMs: 100 });
    const rest = drain(peer);
    expect((await link.closed).code).toBe("link-closed");
    const { bytes, reset } = await rest;
    expect(reset).toBe(true);
    expect(bytes.toString()).toContain('{"type":"ping"}');
  });

  test("but a peer that only answers pings is not silent", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
    try {
      const { link, stream, peer } = await asking({ pingMs: 20, silenceMs: 100 });
      answering(peer, { double: ({ n }) => ({ n }) }, { pingMs: 10_000, silenceMs: 20_000 });
      for (let ping = 0; ping < 30; ping++) {
        const heard = stream.bytesRead;
        vi.advanceTimersByTime(20);
        await until(() => stream.bytesRead > heard);
      }
      expect(await link.request("double", { n: 4 })).toEqual({ n: 4 });
      link.close();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("a peer that does not read", () => {
  const papers = {
    read: { send: Strict({ n: Type.Integer() }), reply: Strict({ text: Type.String() }) },
    file: { send: Strict({ text: Type.String() }), reply: Strict({}) },
  } as const;

  /** A link that answers at once with `replyBytes`, and a peer that the test holds. */
  async function library(replyBytes = 1) {
    const { client, server } = await tcpPair();
    const text = "x".repeat(replyBytes);
    let reads = 0;
    const handlers: Handlers<typeof papers> = { read: () => (reads++, { text }), file: () => ({}) };
    const link = new ControlLink({
      stream: client,
      raw: client,
      send: papers,
      receive: papers,
      handlers,
      log: silentProgramLog,
      pingMs: 20_000,
      silenceMs: 60_000,
    });
    return { link, stream: client, peer: server.pause(), reads: () => reads };
  }

  /** Writes at most 12 MB, as fast as they are taken, until the link is over; the most bytes that waited for the peer. */
  async function flood({ link, stream, peer }: Awaited<ReturnType<typeof library>>, frame: (n: number) => Buffer) {
    let code: string | undefined;
    void link.closed.then((error) => (code = error.code));
    let most = 0;
    for (let n = 1, bytes = 0; code === undefined && bytes < 12_000_000; ) {
      const many = Buffer.concat(Array.from({ length: 500 }, () => frame(n++)));
      bytes += many.length;
      const taken = Promise.race([new Promise((resolve) => peer.write(many, resolve)), sleep(1_000)]);
      most = Math.max(most, stream.writableLength);
      await taken;
      most = Math.max(most, stream.writableLength);
    }
    return { code, most };
  }

  test("and pings without end loses the link", async () => {
    const ping = encodeControlFrame({ type: "ping" });
    const { code, most } = await flood(await library(), () => ping);
    expect(code).toBe("too-many");
    expect(most).toBeLessThan(100_000);
  });

  test("and asks without end loses it too, by the number of replies", async () => {
    const ask = (id: number) => encodeControlFrame({ id, type: "read", body: { n: id } });
    const { code, most } = await flood(await library(), ask);
    expect(code).toBe("too-many");
    expect(most).toBeLessThan(200_000);
  });

  test("or by their bytes", async () => {
    const held = await library(200_000);
    const ask = (id: number) => encodeControlFrame({ id, type: "read", body: { n: id } });
    const { code, most } = await flood(held, ask);
    expect(code).toBe("too-many");
    expect(most).toBeLessThan(limits.controlQueueBytes + limits.controlBytes);
  });

  test("but one that reads may ask for ever", async () => {
    const { link, peer } = await library();
    const pings = Buffer.concat(Array.from({ length: 500 }, () => encodeControlFrame({ type: "ping" })));
    const pongBytes = encodeControlFrame({ type: "pong" }).length;
    let heard = 0;
    peer.on("data", (chunk: Buffer) => (heard += chunk.length)).resume();
    for (let round = 1; round * 500 < 4 * limits.controlAnswers; round++) {
      peer.write(pings);
      await until(() => heard === round * 500 * pongBytes);
    }
    link.close();
    expect((await link.closed).code).toBe("link-closed");
  });

  test("for a while, within the limits, keeps it: it is asked less, and gets every answer", async () => {
    const { link, stream, peer, reads } = await library(500);
    const text = "x".repeat(limits.controlBytes - 200);
    const file = () =>
      link.request("file", { text }).then(
        () => "filed",
        (error: GenkanError) => error.code,
      );
    const filed: Promise<string>[] = [];
    // The kernels take some of it, and now and then a little more when it seemed to be enough.
    let answer: string | undefined;
    while (answer === undefined && filed.length < 100) {
      const asked = file();
      answer = await Promise.race([asked, sleep(2).then(() => undefined)]);
      if (answer === undefined) filed.push(asked);
    }
    expect(answer).toBe("too-many");
    const asks = Array.from({ length: limits.controlPending }, (_, n) =>
      encodeControlFrame({ id: n + 1, type: "read", body: { n } }),
    );
    const pings = Array.from({ length: 10 }, () => encodeControlFrame({ type: "ping" }));
    peer.write(Buffer.concat([...asks, ...pings]));
    await until(() => reads() === asks.length);
    expect(stream.writableLength).toBeGreaterThan(limits.controlQueueBytes / 4);
    const heard = { message: 0, reply: 0, pong: 0, ping: 0, refusal: 0 };
    const decoder = new ControlFrameDecoder();
    peer.on("data", (chunk: Buffer) => {
      for (const frame of decoder.push(chunk)) {
        heard[frame.kind]++;
        if (frame.kind === "message") peer.write(encodeControlFrame({ re: frame.id, body: {} }));
      }
    });
    peer.resume();
    expect(new Set(await Promise.all(filed))).toEqual(new Set(["filed"]));
    // Pongs are sent as pings come, replies as handlers end: either may be the last.
    await until(() => heard.pong === pings.length && heard.reply === asks.length);
    expect(heard).toEqual({ message: filed.length, reply: asks.length, pong: pings.length, ping: 0, refusal: 0 });
    link.close();
  });
});
