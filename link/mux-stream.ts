import { Duplex } from "node:stream";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import type { FrameName } from "../protocol/frame.ts";
import { limits } from "../protocol/limits.ts";
import { MuxQueue } from "./mux-queue.ts";
import { MuxWindow, type WindowBudget } from "./mux-window.ts";

/** What a stream needs of its link. */
export interface StreamLink extends WindowBudget {
  /** Monotonic milliseconds. */
  now(): number;
  /** Shortest round trip seen on this link, in milliseconds. */
  roundTrip(): number | undefined;
  control(name: FrameName, stream: number, payload?: Uint8Array): void;
  /** The stream has data or credit again and wants its turn. */
  wantTurn(stream: MuxStream): void;
  /** The stream is destroyed; its slot and the window that it took are free. */
  gone(stream: MuxStream): void;
}

/**
 * One TCP connection inside the link. A `Duplex` with half close; destroying it before both sides have ended resets the
 * other side. The error code that travels with a reset is that of the GenkanError it was destroyed with.
 *
 * Its `Readable` buffers no more than one chunk: what waits, waits in the queue, where the credit counts it.
 */
export class MuxStream extends Duplex {
  readonly id: number;
  readonly #link: StreamLink;
  readonly #window: MuxWindow;
  readonly #queue = new MuxQueue();
  readonly #side: "client" | "agent";
  #opened = false;
  #credit: number = limits.windowFirstBytes;
  #pending: Buffer | undefined;
  #written: ((error?: Error | null) => void) | undefined;
  #finished: (() => void) | undefined;
  #wanting = false;
  #ended = false;
  #endSent = false;
  #silent = false;
  #code: ErrorCode | undefined;

  constructor(id: number, link: StreamLink, side: "client" | "agent") {
    super({ allowHalfOpen: true, readableHighWaterMark: 1, writableHighWaterMark: limits.frameBytes * 2 });
    this.id = id;
    this.#link = link;
    this.#side = side;
    this.#window = new MuxWindow(link);
    // A peer may reset at any moment, also while its owner still dials; that must not end the process.
    this.on("error", () => {});
  }

  /** Receive window beyond the first, to be given back to the link's budget. */
  get windowTaken(): number {
    return this.#window.size - limits.windowFirstBytes;
  }

  /** Memory behind bytes that arrived and were not read yet. */
  get memory(): number {
    return this.#queue.memory;
  }

  /** Agent: the device accepted. Data that waited goes out. */
  accept(): void {
    if (this.#opened || this.destroyed) return;
    this.#opened = true;
    this.#link.control("OPENED", this.id);
    this.#goOn();
  }

  /** Agent: the stream is reset with `code`, without an error here. */
  refuse(code: ErrorCode): void {
    this.#code = code;
    this.destroy();
  }

  /** Client: OPENED arrived. Emits `connect`. */
  receiveOpened(): void {
    if (this.#opened || this.#side === "agent") throw new GenkanError("frame-malformed");
    this.#opened = true;
    this.emit("connect");
  }

  receiveHead(bytes: number): void {
    if (this.#ended || (this.#side === "client" && !this.#opened)) throw new GenkanError("frame-malformed");
    this.#window.arrive(bytes, this.#link.now(), this.#link.roundTrip());
  }

  receiveData(part: Buffer): void {
    this.#queue.push(part);
    this.#deliver();
  }

  receiveEnd(): void {
    if (this.#ended || (this.#side === "client" && !this.#opened)) throw new GenkanError("frame-malformed");
    this.#ended = true;
    this.#deliver();
  }

  receiveCredit(bytes: number): void {
    this.#credit += bytes;
    if (bytes === 0 || this.#credit > limits.windowMaxBytes) throw new GenkanError("frame-malformed");
    if (this.#pending) this.#link.wantTurn(this);
  }

  /** The other side or the link is gone: ends with `error`, and sends nothing any more. */
  abandon(error: GenkanError): void {
    this.#silent = true;
    this.destroy(error);
  }

  /** Next payload to send, within credit and frame size. */
  takeWriteLock(): Buffer | undefined {
    const bytes = Math.min(this.#pending?.length ?? 0, this.#credit, limits.frameBytes);
    if (!this.#pending || bytes === 0 || this.destroyed) return undefined;
    const payload = this.#pending.subarray(0, bytes);
    this.#credit -= bytes;
    this.#pending = bytes === this.#pending.length ? undefined : this.#pending.subarray(bytes);
    return payload;
  }

  /** After its payload was written: more of it waits for the next turn, or the writer may go on. */
  turnTaken(): void {
    if (this.#pending) {
      if (this.#credit > 0) this.#link.wantTurn(this);
      return;
    }
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    if (chunk.length === 0) return callback();
    this.#pending = chunk;
    this.#written = callback;
    this.#goOn();
  }

  override _final(callback: () => void): void {
    this.#finished = callback;
    this.#goOn();
  }

  override _read(): void {
    this.#wanting = true;
    this.#deliver();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    if (!this.#silent && !(this.#endSent && this.#ended)) {
      const code = this.#code ?? (error instanceof GenkanError ? error.code : "link-closed");
      this.#link.control("RESET", this.id, Buffer.from(code, "ascii"));
    }
    this.#queue.clear();
    this.#pending = undefined;
    this.#link.gone(this);
    const written = this.#written;
    this.#written = undefined;
    written?.(error ?? new GenkanError("link-closed"));
    callback(error);
  }

  #goOn(): void {
    // A client may send before OPENED, within its first credit; an agent only after it has accepted.
    if (this.#side === "agent" && !this.#opened) return;
    if (this.#pending && this.#credit > 0) this.#link.wantTurn(this);
    const finished = this.#finished;
    if (!finished || this.#pending) return;
    this.#finished = undefined;
    this.#endSent = true;
    this.#link.control("END", this.id);
    finished();
  }

  #deliver(): void {
    let consumed = 0;
    while (this.#wanting && !this.destroyed) {
      const chunk = this.#queue.shift();
      if (!chunk) break;
      consumed += chunk.length;
      this.#wanting = this.push(chunk);
    }
    if (this.destroyed) return;
    if (consumed > 0 && !this.#ended) {
      const credit = this.#window.consume(consumed);
      if (credit > 0) this.#link.control("CREDIT", this.id, uint32(credit));
    }
    if (this.#ended && this.#queue.bytes === 0 && this.#wanting) {
      this.#wanting = false;
      this.push(null);
    }
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
