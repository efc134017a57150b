import { GenkanError } from "../protocol/error.ts";
import { decodeFrameHead, type FrameName, frameHeadBytes } from "../protocol/frame.ts";
import { limits } from "../protocol/limits.ts";

/** Fewest and most bytes of payload, and whether the frame is the link's (stream 0) or a stream's. */
const shapes: Record<FrameName, { least: number; most: number; link: boolean }> = {
  PROOF: { least: 1, most: limits.proofBytes, link: true },
  READY: { least: 2, most: limits.readyBytes, link: true },
  REFUSED: { least: 1, most: limits.codeBytes, link: true },
  OPEN: { least: 0, most: 0, link: false },
  OPENED: { least: 0, most: 0, link: false },
  DATA: { least: 1, most: limits.frameBytes, link: false },
  CREDIT: { least: 4, most: 4, link: false },
  END: { least: 0, most: 0, link: false },
  RESET: { least: 1, most: limits.codeBytes, link: false },
  PING: { least: 8, most: 8, link: true },
  PONG: { least: 8, most: 8, link: true },
  CLOSE: { least: 1, most: limits.codeBytes, link: true },
};

/** What a {@link MuxReader} hands on. Each may throw `frame-malformed`. */
export interface FrameSink {
  /** A whole frame that is not DATA. */
  frame(name: Exclude<FrameName, "DATA">, stream: number, payload: Buffer): void;
  /** The head of a DATA frame, before any of its bytes. */
  dataHead(stream: number, bytes: number): void;
  /** A part of that frame's bytes: a view into the chunk, to be copied or consumed. */
  data(stream: number, part: Buffer): void;
}

/**
 * Cuts a byte stream into the frames of `protocol/frame.ts`, however it is chunked. DATA is passed on as it comes, so
 * nothing large is ever gathered here: at most one head and one small payload are held.
 */
export class MuxReader {
  readonly #sink: FrameSink;
  readonly #head = Buffer.alloc(frameHeadBytes);
  #headUsed = 0;
  #name: FrameName | undefined;
  #stream = 0;
  #payload = Buffer.alloc(0);
  #payloadUsed = 0;
  #left = 0;
  #stopped = false;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** Nothing more is handed on, not even the rest of the chunk in hand. */
  stop(): void {
    this.#stopped = true;
  }

  /** Throws `frame-malformed` or `frame-too-large`; the reader is of no use after that. */
  push(chunk: Buffer): void {
    let at = 0;
    while (!this.#stopped && at < chunk.length) {
      at += this.#name === undefined ? this.#takeHead(chunk, at) : this.#takePayload(chunk, at);
    }
  }

  #takeHead(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#head, this.#headUsed, at);
    this.#headUsed += taken;
    if (this.#headUsed < frameHeadBytes) return taken;
    this.#headUsed = 0;
    const { name, stream, payloadBytes } = decodeFrameHead(this.#head);
    const shape = shapes[name];
    if (payloadBytes < shape.least || payloadBytes > shape.most || shape.link !== (stream === 0)) {
      throw new GenkanError("frame-malformed");
    }
    this.#stream = stream;
    if (name === "DATA") this.#sink.dataHead(stream, payloadBytes);
    else if (payloadBytes === 0) {
      this.#sink.frame(name, stream, Buffer.alloc(0));
      return taken;
    } else {
      this.#payload = Buffer.alloc(payloadBytes);
      this.#payloadUsed = 0;
    }
    this.#name = name;
    this.#left = payloadBytes;
    return taken;
  }

  #takePayload(chunk: Buffer, at: number): number {
    const part = chunk.subarray(at, at + this.#left);
    const name = this.#name;
    this.#left -= part.length;
    if (this.#left === 0) this.#name = undefined;
    if (name === "DATA") this.#sink.data(this.#stream, part);
    else {
      this.#payloadUsed += part.copy(this.#payload, this.#payloadUsed);
      if (this.#left === 0 && name !== undefined) this.#sink.frame(name, this.#stream, this.#payload);
    }
    return part.length;
  }
}
