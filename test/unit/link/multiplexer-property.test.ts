import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { MuxQueue } from "../../../link/mux-queue.ts";
import { MuxReader } from "../../../link/mux-reader.ts";
import { MuxWindow } from "../../../link/mux-window.ts";
import { type FrameName, frameTypes } from "../../../protocol/frame.ts";
import { limits } from "../../../protocol/limits.ts";
import { collect, duplexPair, frame, readyPair } from "./multiplexer-pair.ts";

/** Cuts bytes at the sizes given, over and over. */
function cutter(sizes: number[]): (bytes: Buffer) => Buffer[] {
  let turn = 0;
  return (bytes) => {
    const parts: Buffer[] = [];
    for (let at = 0; at < bytes.length; turn += 1) {
      const size = sizes[turn % sizes.length] ?? 1;
      parts.push(bytes.subarray(at, at + size));
      at += size;
    }
    return parts;
  };
}

const payloadOf: Record<FrameName, fc.Arbitrary<Buffer>> = {
  PROOF: fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 300 }).map((text) => Buffer.from(text)),
  READY: fc.constant(Buffer.from("{}")),
  REFUSED: fc.constant(Buffer.from("proof-invalid")),
  OPEN: fc.constant(Buffer.alloc(0)),
  OPENED: fc.constant(Buffer.alloc(0)),
  DATA: fc.uint8Array({ minLength: 1, maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  CREDIT: fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
  END: fc.constant(Buffer.alloc(0)),
  RESET: fc.constant(Buffer.from("link-closed")),
  PING: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  PONG: fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
  CLOSE: fc.constant(Buffer.from("revoked")),
};
const onTheLink: FrameName[] = ["PROOF", "READY", "REFUSED", "PING", "PONG", "CLOSE"];
const someFrame = fc.constantFrom(...(Object.keys(frameTypes) as FrameName[])).chain((name) =>
  fc.record({
    name: fc.constant(name),
    stream: onTheLink.includes(name) ? fc.constant(0) : fc.integer({ min: 1, max: 0xffffffff }),
    payload: payloadOf[name],
  }),
);

describe("the frame reader", () => {
  it("reads the same frames however the bytes are cut", () => {
    fc.assert(
      fc.property(fc.array(someFrame), fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (frames, sizes) => {
        const read: { name: FrameName; stream: number; payload: Buffer }[] = [];
        const reader = new MuxReader({
          frame: (name, stream, payload) => read.push({ name, stream, payload }),
          dataHead: (stream) => read.push({ name: "DATA", stream, payload: Buffer.alloc(0) }),
          data: (stream, part) => {
            const last = read.at(-1);
            expect(last).toMatchObject({ name: "DATA", stream });
            if (last) last.payload = Buffer.concat([last.payload, part]);
          },
        });
        const bytes = Buffer.concat(frames.map(({ name, stream, payload }) => frame(name, stream, payload)));
        for (const part of cutter(sizes)(bytes)) reader.push(part);
        expect(read).toEqual(frames);
      }),
    );
  });

  it("throws a frame error or nothing for arbitrary bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const reader = new MuxReader({ frame() {}, dataHead() {}, data() {} });
        let code = "none";
        try {
          reader.push(Buffer.from(bytes));
        } catch (error) {
          code = (error as { code: string }).code;
        }
        expect(["none", "frame-malformed", "frame-too-large"]).toContain(code);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the receive queue", () => {
  it("gives back exactly what it got, in memory bounded by it", () => {
    const step = fc.oneof(
      fc.record({
        size: fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 32_768 })),
        of: fc.integer({ min: 0, max: 65_536 }),
      }),
      fc.constant("take" as const),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const queue = new MuxQueue();
        const put: Buffer[] = [];
        const got: Buffer[] = [];
        for (const [turn, now] of steps.entries()) {
          if (now === "take") {
            const part = queue.shift();
            if (part) got.push(Buffer.from(part));
          } else {
            // A small view into a large chunk, as small frames leave it.
            const part = Buffer.from(new ArrayBuffer(now.size + now.of))
              .fill(turn)
              .subarray(0, now.size);
            put.push(Buffer.from(part));
            queue.push(part);
          }
          expect(queue.memory).toBeLessThanOrEqual(2 * queue.bytes + 2 * 16_384);
        }
        for (let part = queue.shift(); part; part = queue.shift()) got.push(Buffer.from(part));
        expect(Buffer.concat(got).equals(Buffer.concat(put))).toBe(true);
        expect(queue.bytes).toBe(0);
      }),
    );
  });
});

describe("the window", () => {
  const unlimited = { take: () => true };

  /** A sender that fills whatever credit it has over a line of `rate` bytes/ms and `trip` ms, in ticks of 1 ms. */
  function drive(rate: number, trip: number, forMs: number, budget = unlimited): MuxWindow {
    const window = new MuxWindow(budget);
    let credit: number = limits.windowFirstBytes;
    const back: { at: number; bytes: number }[] = [];
    for (let now = 0; now < forMs; now += 1) {
      while ((back[0]?.at ?? Number.POSITIVE_INFINITY) <= now) credit += back.shift()?.bytes ?? 0;
      const bytes = Math.floor(Math.min(rate, credit));
      if (bytes === 0) continue;
      credit -= bytes;
      window.arrive(bytes, now, trip);
      const returned = window.consume(bytes);
      if (returned > 0) back.push({ at: now + trip, bytes: returned });
    }
    return window;
  }

  it("stays small on a short line and on a slow one", () => {
    // 100 Mbit/s over 5 ms; 10 Mbit/s over 50 ms.
    expect(drive(12_500, 5, 10_000).size).toBe(limits.windowFirstBytes);
    expect(drive(1_250, 50, 10_000).size).toBe(limits.windowFirstBytes);
  });

  it("follows a long and fast line, and no further than twice what the line holds", () => {
    // 100 Mbit/s over 80 ms hold 1 MB.
    const { size } = drive(12_500, 80, 20_000);
    expect(size).toBeGreaterThanOrEqual(1_000_000);
    expect(size).toBeLessThanOrEqual(3_000_000);
    expect(drive(125_000, 200, 20_000).size).toBe(limits.windowMaxBytes);
  });

  it("does not grow before a round trip was measured, nor beyond the link's budget", () => {
    const window = new MuxWindow(unlimited);
    for (let turn = 0; turn < 100; turn += 1) {
      window.arrive(65_536, turn, undefined);
      window.consume(65_536);
    }
    expect(window.size).toBe(limits.windowFirstBytes);
    expect(drive(125_000, 200, 20_000, { take: () => false }).size).toBe(limits.windowFirstBytes);
  });
});

const leftovers: (() => void)[] = [];
afterEach(() => {
  for (const clean of leftovers.splice(0)) clean();
});

describe("many streams", () => {
  it("deliver exactly their bytes, however they interleave and however the connection cuts them", async () => {
    const plan = fc.record({
      streams: fc.array(fc.array(fc.integer({ min: 1, max: 90_000 }), { maxLength: 6 }), {
        minLength: 1,
        maxLength: 8,
      }),
      sizes: fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1_000, max: 70_000 })), {
        minLength: 1,
        maxLength: 5,
      }),
      /** Streams whose reader dawdles. */
      slow: fc.integer({ min: 0, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(plan, async ({ streams, sizes, slow }) => {
        // Tiny cuts of megabytes would only measure patience.
        const small = Math.max(...sizes) < 1_000;
        const scale = small ? 100 : 1;
        const pair = duplexPair(cutter(sizes));
        const { client, agent } = await readyPair((stream) => {
          stream.accept();
          stream.pipe(stream);
        }, pair);
        leftovers.push(() => client.mux.abort());
        await Promise.all(
          streams.map(async (writes, index) => {
            const stream = client.mux.open();
            const sent = writes.map((size, turn) => Buffer.alloc(Math.ceil(size / scale), `${index}:${turn};`));
            const write = async () => {
              for (const bytes of sent) {
                stream.write(bytes);
                await new Promise((resolve) => setImmediate(resolve));
              }
              stream.end();
            };
            const writing = write();
            if (slow & (1 << index)) await new Promise((resolve) => setTimeout(resolve, 3));
            const got = await collect(stream);
            await writing;
            expect(got.equals(Buffer.concat(sent))).toBe(true);
          }),
        );
        const total = streams.flat().reduce((sum, size) => sum + Math.ceil(size / scale), 0);
        expect(agent.mux.counts).toMatchObject({ up: total, down: total });
        client.mux.abort();
      }),
      { numRuns: 60 },
    );
  });
});
