import { connect, type Socket } from "node:net";

const echoMs = 45_000;

/** One connection to a port of this machine that should lead to an echo. */
export class Echo {
  readonly socket: Socket;
  /** How it ended: `end` in order, `reset` otherwise. */
  readonly closed: Promise<"end" | "reset">;
  received: Buffer = Buffer.alloc(0);
  readonly #waiting = new Set<() => void>();

  constructor(port: number) {
    this.socket = connect({ port, host: "127.0.0.1" });
    let ended = false;
    this.socket.on("error", () => {});
    this.socket.on("end", () => (ended = true));
    this.socket.on("data", (data: Buffer) => {
      this.received = Buffer.concat([this.received, data]);
      for (const look of this.#waiting) look();
    });
    this.closed = new Promise((resolve) => {
      this.socket.once("close", () => {
        resolve(ended ? "end" : "reset");
        for (const look of this.#waiting) look();
      });
    });
  }

  /** Says `text` and waits until it comes back. */
  async say(text: string): Promise<void> {
    const due = this.received.length + Buffer.byteLength(text);
    this.socket.write(text);
    await this.#until(() => this.received.length >= due);
    const heard = this.received.subarray(due - Buffer.byteLength(text), due).toString();
    if (heard !== text) throw new Error(`Said ${text}, heard ${heard}.`);
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        if (error) reject(error);
        else resolve();
      };
      const look = () => {
        if (holds()) settle();
        else if (this.socket.destroyed) settle(new Error("The connection is gone."));
      };
      const timer = setTimeout(() => settle(new Error(`No echo within ${echoMs} ms.`)), echoMs);
      this.#waiting.add(look);
      look();
    });
  }

  destroy(): void {
    this.socket.destroy();
  }
}
