import { Duplex } from "node:stream";
import { Multiplexer } from "../../../link/multiplexer.ts";
import { parseCode, parseReady, parseReason } from "../../../link/mux-payload.ts";
import { MuxReader } from "../../../link/mux-reader.ts";
import { GenkanError } from "../../../protocol/error.ts";
import { decodeFrameHead, encodeFrameHead, type FrameName, frameHeadBytes } from "../../../protocol/frame.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { later } from "../fixture.ts";
import { bytes } from "../shape/bytes.ts";
import { json } from "../shape/json.ts";
import { frames } from "../shape/parts.ts";
import { chosen, mix, type Shape } from "../shape/shape.ts";
import { text } from "../shape/text.ts";
import { accepted, hold, type Target } from "../target.ts";

export function frame(name: FrameName, stream: number, payload: Uint8Array | string = ""): Buffer {
  const body = Buffer.from(payload);
  return Buffer.concat([encodeFrameHead(name, stream, body.length), body]);
}
const uint32 = (value: number) => {
  const body = Buffer.alloc(4);
  body.writeUInt32BE(value);
  return body;
};
const ready = JSON.stringify({ windowEnd: later(3_600_000) });
const ping = Buffer.from("0000000000000001", "hex");

/** What a client sends to an agent, and an agent to a client. */
export const fromClient = Buffer.concat([
  frame("PROOF", 0, "eyJhbGciOiJFZERTQSJ9.e30.AAAA"),
  frame("OPEN", 1),
  frame("DATA", 1, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
  frame("OPEN", 3),
  frame("CREDIT", 1, uint32(65_536)),
  frame("PING", 0, ping),
  frame("DATA", 3, Buffer.alloc(1_000, 7)),
  frame("END", 1),
  frame("RESET", 3, "link-closed"),
]);
export const fromAgent = Buffer.concat([
  frame("READY", 0, ready),
  frame("OPENED", 1),
  frame("DATA", 1, "HTTP/1.1 200 OK\r\n\r\n"),
  frame("CREDIT", 1, uint32(65_536)),
  frame("PONG", 0, ping),
  frame("RESET", 3, "device-unreachable"),
  frame("END", 1),
  frame("CLOSE", 0, "window-closed"),
]);

const words = [frame("OPEN", 5), frame("END", 1), frame("PING", 0, ping)].map((word) => word.toString("latin1"));
const inner = mix([2, bytes], [1, text], [1, json]);
const framed: Shape = frames(
  {
    headBytes: frameHeadBytes,
    lengthOf: (head) => head.readUIntBE(1, 3),
    withLength: (head, length) => {
      const changed = Buffer.from(head);
      changed.writeUIntBE(length % 0x100_0000, 1, 3);
      return changed;
    },
  },
  inner,
);
const shape = mix([4, framed], [1, bytes]);

export const frameHead: Target = {
  name: "frame-head",
  parsers: ["protocol/frame.ts (decodeFrameHead)"],
  holds: "written again it is the same eight bytes",
  shape: bytes,
  verdicts: ["frame-malformed", "frame-too-large", "short"],
  most: 16,
  seeds: () => ({
    open: frame("OPEN", 1),
    data: encodeFrameHead("DATA", 3, limits.frameBytes),
    ping: frame("PING", 0),
  }),
  open: () => ({
    execute: (input) => {
      // The reader asks for eight bytes always; fewer are its own fault.
      if (input.length < frameHeadBytes) return "short";
      const { name, stream, payloadBytes } = decodeFrameHead(input);
      hold(Buffer.from(encodeFrameHead(name, stream, payloadBytes)).equals(input.subarray(0, 8)), "another head");
      return accepted;
    },
  }),
};

interface Got {
  readonly name: string;
  readonly stream: number;
  readonly parts: Buffer[];
}

/** What a reader hands on, and how it ended. */
function readAll(input: Buffer, step: number): { got: Got[]; end: string } {
  const got: Got[] = [];
  const reader = new MuxReader({
    frame: (name, stream, payload) => void got.push({ name, stream, parts: [payload] }),
    dataHead: (stream, count) => {
      hold(count <= limits.frameBytes, "a frame beyond the limit was handed on");
      got.push({ name: `DATA ${count}`, stream, parts: [] });
    },
    data: (stream, part) => {
      const last = got.at(-1);
      hold(last?.stream === stream, "data of a stream that no head named");
      last?.parts.push(part);
    },
  });
  try {
    for (let at = 0; at < input.length; at += step) reader.push(input.subarray(at, at + step));
  } catch (error) {
    if (!(error instanceof GenkanError)) throw error;
    return { got, end: error.code };
  }
  return { got, end: accepted };
}

/** Data comes in pieces as it is segmented; in the end it is the same. */
function same(one: ReturnType<typeof readAll>, other: ReturnType<typeof readAll>): boolean {
  if (one.end !== other.end || one.got.length !== other.got.length) return false;
  return one.got.every(({ name, stream, parts }, at) => {
    const twin = other.got[at] as Got;
    return name === twin.name && stream === twin.stream && Buffer.concat(parts).equals(Buffer.concat(twin.parts));
  });
}

export const muxReader: Target = {
  name: "mux-reader",
  replayed: 1_000,
  parsers: ["link/mux-reader.ts", "link/mux-payload.ts"],
  holds: "the same frames however it is segmented; payloads of the closed sets are of them",
  shape,
  words,
  verdicts: ["frame-malformed", "frame-too-large"],
  most: 40_000,
  seeds: () => ({
    "from-client": fromClient,
    "from-agent": fromAgent,
    "largest-data": frame("DATA", 1, Buffer.alloc(limits.frameBytes, 1)),
  }),
  open: () => ({
    execute: (input) => {
      const whole = readAll(input, input.length + 1);
      const cut = readAll(input, 1 + ((input[5] ?? 0) % 97) + (input.length >> 9));
      hold(same(cut, whole), "another segmentation, another reading");
      if (whole.end !== accepted) return whole.end;
      for (const { name, parts } of whole.got) {
        const body = parts[0] ?? Buffer.alloc(0);
        const payload = body.toString("latin1");
        if (name === "READY") hold(typeof parseReady(body).windowEnd === "string", "no window");
        else if (name === "CLOSE") hold(parseReason(body) === payload, "another reason");
        else if (name === "REFUSED" || name === "RESET") hold(parseCode(body) === payload, "another code");
      }
      return accepted;
    },
  }),
};

/** Verdicts of a whole link: its own, and every code that the peer may say by REFUSED. */
const linkEnds = ["frame-malformed", "frame-too-large", "too-many", "link-closed", "refused by the peer", "closed"];

export const multiplexer: Target = {
  name: "multiplexer",
  replayed: 1_000,
  parsers: [
    "link/multiplexer.ts",
    "link/mux-stream.ts",
    "link/mux-window.ts",
    "link/mux-sender.ts",
    "link/mux-queue.ts",
  ],
  holds:
    "accepted is what breaks no rule; it ends once, with a code or a reason; memory stays within the windows; nothing reaches a stream after the end",
  shape: chosen(shape),
  words,
  verdicts: linkEnds,
  most: 40_000,
  seeds: () => ({
    "to-agent": Buffer.concat([Buffer.of(0), fromClient]),
    "to-agent-that-accepts": Buffer.concat([Buffer.of(2), fromClient]),
    "to-agent-that-refuses": Buffer.concat([Buffer.of(4), fromClient]),
    "to-client": Buffer.concat([Buffer.of(1), fromAgent]),
    "to-client-that-writes": Buffer.concat([Buffer.of(3), fromAgent]),
    "to-refused-client": Buffer.concat([Buffer.of(1), frame("REFUSED", 0, "proof-invalid")]),
  }),
  open: () => ({ execute: feedMultiplexer }),
};

async function feedMultiplexer(input: Buffer): Promise<string> {
  const choice = input[0] ?? 0;
  const role = (choice & 1) === 0 ? "agent" : "client";
  const ends: string[] = [];
  const streams: Duplex[] = [];
  const below = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done(), allowHalfOpen: true });
  let clock = 0;
  const mux = new Multiplexer(below, {
    role,
    log: silentProgramLog,
    now: () => clock++,
    onClose: ({ reason, error }) =>
      void ends.push(
        reason ? "closed" : !error ? "neither" : linkEnds.includes(error.code) ? error.code : "refused by the peer",
      ),
    onStream: (stream) => {
      hold(ends.length === 0, "a stream opened after the end");
      streams.push(stream);
      if ((choice & 4) !== 0) return stream.refuse("target-not-listed");
      if ((choice & 2) === 0) return;
      stream.accept();
      stream.pipe(stream);
    },
  });
  const begun = role === "agent" ? serve(mux) : use(mux, streams, (choice & 2) !== 0);
  // What a side does may come after the end; then it is told so, by a code.
  const told = begun.catch((error: unknown) => {
    if (!(error instanceof GenkanError)) throw error;
  });
  const step = 1 + ((input[9] ?? 0) % 120) * 16;
  for (let at = 1; at < input.length; at += step) {
    below.push(input.subarray(at, at + step));
    // What was resolved by these bytes happens before the next ones come, as it does on a line.
    if (at < step * 4) await turn();
  }
  await turn();
  const waiting = streams.reduce((sum, stream) => sum + (stream as Duplex & { memory?: number }).readableLength, 0);
  hold(waiting <= limits.linkWindowBytes, "more waits than was promised");
  const { up, down } = mux.counts;
  // A frame counts from its head on.
  hold(up + down <= 2 * input.length + limits.frameBytes + 1_000, "more was counted than came");
  const unbroken = ends.length === 0;
  if (unbroken) mux.abort();
  await told;
  await turn();
  hold(ends.length === 1, `it ended ${ends.length} times`);
  hold(
    streams.every((stream) => stream.destroyed),
    "a stream outlived its link",
  );
  return unbroken ? accepted : (ends[0] ?? "");
}

async function serve(mux: Multiplexer): Promise<void> {
  await mux.proof();
  mux.ready({ windowEnd: later(1_000) });
}

async function use(mux: Multiplexer, streams: Duplex[], writes: boolean): Promise<void> {
  await mux.prove("a.b.c");
  for (let opened = 0; opened < 2; opened++) {
    const stream = mux.open();
    streams.push(stream);
    stream.on("error", () => {});
    if (writes) stream.write(Buffer.alloc(100));
    stream.resume();
  }
}

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve));
