import type { Duplex } from "node:stream";
import { GenkanError } from "../protocol/error.ts";
import { encodeFrameHead, type FrameName } from "../protocol/frame.ts";
import { limits } from "../protocol/limits.ts";
import type { MuxStream } from "./mux-stream.ts";

/**
 * Writes frames. Streams with data take turns, one frame each, and only while the connection below takes more: so the
 * link holds about one high-water mark of data, and a new stream waits for one frame of each other at most. All other
 * frames go at once; they are small and few, and a peer that makes them many without reading ends the link.
 */
export class MuxSender {
  readonly #below: Duplex;
  readonly #fail: (error: GenkanError) => void;
  readonly #turns = new Set<MuxStream>();
  #pumping = false;
  #stopped = false;
  #dataBytes = 0;

  constructor(below: Duplex, fail: (error: GenkanError) => void) {
    this.#below = below;
    this.#fail = fail;
    below.on("drain", () => this.#pump());
  }

  /** Payload of DATA handed to the connection so far. */
  get dataBytes(): number {
    return this.#dataBytes;
  }

  /** No frame follows. */
  stop(): void {
    this.#stopped = true;
    this.#turns.clear();
  }

  control(name: FrameName, stream: number, payload?: Uint8Array): void {
    if (this.#stopped) return;
    this.#frame(name, stream, payload);
    if (this.#below.writableLength > limits.linkQueueBytes) {
      this.#fail(new GenkanError("too-many", "The peer asks for answers and does not read them."));
    }
  }

  wantTurn(stream: MuxStream): void {
    if (this.#stopped) return;
    this.#turns.add(stream);
    this.#pump();
  }

  drop(stream: MuxStream): void {
    this.#turns.delete(stream);
  }

  /** Insertion order of the set is the order of turns; a stream that wants more goes to its end. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    this.#below.cork();
    for (const stream of this.#turns) {
      if (this.#stopped || this.#below.writableNeedDrain) break;
      this.#turns.delete(stream);
      const payload = stream.takeWriteLock();
      if (!payload) continue;
      this.#dataBytes += payload.length;
      this.#frame("DATA", stream.id, payload);
      stream.turnTaken();
    }
    this.#below.uncork();
    this.#pumping = false;
  }

  #frame(name: FrameName, stream: number, payload?: Uint8Array): void {
    const head = encodeFrameHead(name, stream, payload?.length ?? 0);
    if (!payload?.length) {
      this.#below.write(head);
      return;
    }
    this.#below.cork();
    this.#below.write(head);
    this.#below.write(payload);
    this.#below.uncork();
  }
}
