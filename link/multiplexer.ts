import type { Duplex } from "node:stream";
import type { EndReason } from "../protocol/end-reason.ts";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import type { FrameName } from "../protocol/frame.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import { parseCode, parseReady, parseReason, type Ready } from "./mux-payload.ts";
import { MuxReader } from "./mux-reader.ts";
import { MuxSender } from "./mux-sender.ts";
import { MuxStream, type StreamLink } from "./mux-stream.ts";
import { RoundTrip } from "./round-trip.ts";

export type { Ready } from "./mux-payload.ts";

/** A stream that the client opened: dial the device, then {@link accept} or {@link refuse}. */
export interface IncomingStream extends Duplex {
  readonly id: number;
  /** The device accepted; bytes begin to flow back. */
  accept(): void;
  /** The stream is reset with `code`, and destroyed here without an `error` event. */
  refuse(code: ErrorCode): void;
}

/** How a link ended. `reason` if the agent said so (CLOSE); `error` if it was refused, broken or malformed. */
export interface LinkEnd {
  readonly reason: EndReason | undefined;
  readonly error: GenkanError | undefined;
}

export interface MultiplexerOptions {
  readonly role: "client" | "agent";
  readonly log: ProgramLog;
  /** Agent: an OPEN arrived. Never called before `ready()`. */
  onStream?(stream: IncomingStream): void;
  /** Once, when the link is over; all streams are destroyed by then. The caller still owns (and resets) the socket. */
  onClose(end: LinkEnd): void;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** `new`: no proof yet. `proving`: PROOF is out or in. `ready`: streams may open. `closed`: nothing more is sent. */
type Phase = "new" | "proving" | "ready" | "closed";

/**
 * The link between command line and agent inside their mutual TLS: proof first, then many streams over one connection.
 * Layouts: `protocol/frame.ts`; order and credit: `docs/protocol.md`. A frame that is malformed, out of order or beyond
 * the credit ends the link.
 *
 * It does not end on silence: a frozen session must stay silent until it is thawed or cut, and presence is told by the
 * control links.
 */
export class Multiplexer {
  readonly #below: Duplex;
  readonly #options: MultiplexerOptions;
  readonly #reader: MuxReader;
  readonly #sender: MuxSender;
  readonly #roundTrip: RoundTrip;
  readonly #link: StreamLink;
  readonly #streams = new Map<number, MuxStream>();
  readonly #proof = Promise.withResolvers<string>();
  readonly #ready = Promise.withResolvers<Ready>();
  #phase: Phase = "new";
  #lastStream = -1;
  #windowsTaken = 0;
  #received = 0;

  constructor(stream: Duplex, options: MultiplexerOptions) {
    this.#below = stream;
    this.#options = options;
    const now = options.now ?? (() => performance.now());
    this.#sender = new MuxSender(stream, (error) => this.#fail(error));
    this.#roundTrip = new RoundTrip(now, (payload) => this.#sender.control("PING", 0, payload));
    this.#link = {
      now,
      roundTrip: () => this.#roundTrip.shortest,
      control: (name, id, payload) => this.#sender.control(name, id, payload),
      wantTurn: (wanting) => this.#sender.wantTurn(wanting),
      take: (bytes) => this.#takeWindow(bytes),
      gone: (gone) => this.#gone(gone),
    };
    this.#reader = new MuxReader({
      frame: (name, id, payload) => this.#frame(name, id, payload),
      dataHead: (id, bytes) => {
        this.#received += bytes;
        this.#known(id)?.receiveHead(bytes);
      },
      data: (id, part) => this.#known(id)?.receiveData(part),
    });
    // Both may be rejected by the link's end with nobody waiting.
    this.#proof.promise.catch(() => {});
    this.#ready.promise.catch(() => {});
    stream.on("data", (chunk: Buffer) => this.#read(chunk));
    stream.on("error", (cause) => this.#fail(new GenkanError("link-closed", undefined, { cause })));
    stream.on("end", () => this.#fail(new GenkanError("link-closed")));
    stream.on("close", () => this.#fail(new GenkanError("link-closed")));
  }

  /** Bytes of payload since the beginning, from the client to the agent and back, and streams open now. */
  get counts(): { up: number; down: number; connections: number } {
    const client = this.#options.role === "client";
    const sent = this.#sender.dataBytes;
    return {
      up: client ? sent : this.#received,
      down: client ? this.#received : sent,
      connections: this.#streams.size,
    };
  }

  /** Milliseconds for which the peer has owed an answer to a PING; 0 while it owes none. */
  get silentMs(): number {
    return this.#roundTrip.waiting;
  }

  /** Client: shows the workstation's proof. Rejects with the agent's code, `link-closed`, or `reply-timeout`. */
  async prove(jws: string): Promise<Ready> {
    this.#only("client", "new");
    this.#phase = "proving";
    this.#sender.control("PROOF", 0, Buffer.from(jws, "ascii"));
    return within(limits.proofMs, this.#ready.promise);
  }

  /** Client: a new stream. Write at once; a refusal destroys it with the agent's code. Emits `connect` when accepted. */
  open(): Duplex {
    this.#only("client", "ready");
    if (this.#streams.size >= limits.streamsPerLink) throw new GenkanError("stream-limit");
    this.#lastStream += 2;
    this.#sender.control("OPEN", this.#lastStream);
    return this.#add(this.#lastStream);
  }

  /** Agent: the client's proof, a compact JWS that nobody has verified yet. Rejects `reply-timeout`, `link-closed`. */
  async proof(timeoutMs: number = limits.proofMs): Promise<string> {
    return within(timeoutMs, this.#proof.promise);
  }

  /** Agent: the proof holds; streams may open. `windowEnd` is an instant. */
  ready(ready: Ready): void {
    this.#only("agent", "proving");
    this.#phase = "ready";
    this.#sender.control("READY", 0, Buffer.from(JSON.stringify({ windowEnd: ready.windowEnd })));
    this.#roundTrip.start();
  }

  /** Agent: the proof does not hold. The link ends once the client has been told. */
  refuse(code: ErrorCode): void {
    this.#farewell("REFUSED", code, { reason: undefined, error: new GenkanError(code) });
  }

  /**
   * Agent: the session is over. Streams are destroyed at once and what they still held is dropped; the reason goes out
   * and the connection ends. A caller that cuts resets the raw socket afterwards and does not wait for a slow peer.
   */
  close(reason: EndReason): void {
    this.#farewell("CLOSE", reason, { reason, error: undefined });
  }

  /** Either side: ends the link now, without a word. */
  abort(code: ErrorCode = "link-closed"): void {
    this.#fail(new GenkanError(code));
  }

  #only(role: "client" | "agent", phase: Phase): void {
    if (this.#options.role !== role) throw new TypeError(`only the ${role} does this`);
    if (this.#phase !== phase) throw new GenkanError("link-closed", `The link is ${this.#phase}, not ${phase}.`);
  }

  #farewell(name: "REFUSED" | "CLOSE", word: string, end: LinkEnd): void {
    if (this.#phase === "closed") return;
    this.#finish(end, () => {
      this.#sender.control(name, 0, Buffer.from(word, "ascii"));
      this.#sender.stop();
      this.#below.end();
    });
  }

  #fail(error: GenkanError): void {
    if (this.#phase === "closed") return;
    if (error.code === "frame-malformed" || error.code === "frame-too-large" || error.code === "too-many") {
      this.#options.log.warn(
        { event: "link.rules.broken", code: error.code, detail: error.detail },
        "the peer broke the link's rules",
      );
    }
    this.#finish({ reason: undefined, error }, () => {
      this.#sender.stop();
      this.#below.destroy();
    });
  }

  #finish(end: LinkEnd, last: () => void): void {
    this.#phase = "closed";
    this.#reader.stop();
    this.#roundTrip.stop();
    const error = end.error ?? new GenkanError("session-ended", end.reason);
    this.#proof.reject(error);
    this.#ready.reject(error);
    for (const stream of this.#streams.values()) stream.abandon(error);
    last();
    this.#options.onClose(end);
  }

  #read(chunk: Buffer): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof GenkanError)) throw error;
      this.#fail(error);
    }
  }

  #frame(name: Exclude<FrameName, "DATA">, id: number, payload: Buffer): void {
    switch (name) {
      case "PROOF":
        this.#from("client", "new");
        this.#phase = "proving";
        return this.#proof.resolve(payload.toString("ascii"));
      case "READY":
        this.#from("agent", "proving");
        this.#ready.resolve(parseReady(payload));
        this.#phase = "ready";
        return this.#roundTrip.start();
      case "REFUSED":
        this.#from("agent", "proving");
        return this.#fail(new GenkanError(parseCode(payload)));
      case "OPEN":
        this.#from("client", "ready");
        return this.#opened(id);
      case "OPENED":
        this.#from("agent", "ready");
        return this.#known(id)?.receiveOpened();
      case "CREDIT":
        return this.#known(id)?.receiveCredit(payload.readUInt32BE());
      case "END":
        return this.#known(id)?.receiveEnd();
      case "RESET":
        return this.#known(id)?.abandon(new GenkanError(parseCode(payload)));
      case "PING":
        return this.#sender.control("PONG", 0, payload);
      case "PONG":
        return this.#roundTrip.answered(payload);
      case "CLOSE":
        this.#from("agent", "proving", "ready");
        return this.#finish({ reason: parseReason(payload), error: undefined }, () => this.#below.destroy());
    }
  }

  /** The frame must come from that side and fit this phase. */
  #from(side: "client" | "agent", ...phases: Phase[]): void {
    if (this.#options.role === side || !phases.includes(this.#phase)) throw new GenkanError("frame-malformed");
  }

  #opened(id: number): void {
    if (id % 2 === 0 || id <= this.#lastStream) throw new GenkanError("frame-malformed");
    this.#lastStream = id;
    if (this.#streams.size >= limits.streamsPerLink) {
      this.#sender.control("RESET", id, Buffer.from("stream-limit" satisfies ErrorCode, "ascii"));
      return;
    }
    this.#options.onStream?.(this.#add(id));
  }

  #add(id: number): MuxStream {
    const stream = new MuxStream(id, this.#link, this.#options.role);
    this.#streams.set(id, stream);
    return stream;
  }

  /** The stream of this id; nothing for one that is over, whose last frames may still be on their way. */
  #known(id: number): MuxStream | undefined {
    if (this.#phase !== "ready" || id % 2 === 0 || id > this.#lastStream) throw new GenkanError("frame-malformed");
    return this.#streams.get(id);
  }

  #takeWindow(bytes: number): boolean {
    if (this.#windowsTaken + bytes > limits.linkWindowBytes) return false;
    this.#windowsTaken += bytes;
    return true;
  }

  #gone(stream: MuxStream): void {
    if (!this.#streams.delete(stream.id)) return;
    this.#sender.drop(stream);
    this.#windowsTaken -= stream.windowTaken;
  }
}

async function within<T>(timeoutMs: number, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new GenkanError("reply-timeout")), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
