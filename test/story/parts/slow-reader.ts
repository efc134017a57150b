import { connect, type Socket } from "node:net";

const sipBytes = 16_384;
const sipMs = 20;

/** A client that reads a little now and then, so that everything between it and the device is full. */
export class SlowReader {
  bytes = 0;
  /** When the last byte arrived, on `performance.now()`'s clock. */
  lastByteAt = 0;
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #timer: NodeJS.Timeout;

  constructor(port: number) {
    this.#socket = connect({ port, host: "127.0.0.1" });
    this.#socket.pause();
    this.ended = new Promise((resolve) => this.#socket.once("close", () => resolve()));
    this.#socket.on("error", () => {});
    this.#timer = setInterval(() => this.#sip(), sipMs);
    void this.ended.then(() => clearInterval(this.#timer));
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #sip(): void {
    const chunk = (this.#socket.read(sipBytes) ?? this.#socket.read()) as Buffer | null;
    if (!chunk) return;
    this.bytes += chunk.length;
    this.lastByteAt = performance.now();
  }
}
