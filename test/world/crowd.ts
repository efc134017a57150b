import { connect, type Socket } from "node:net";

export interface CrowdOptions {
  readonly port: number;
  readonly count: number;
  /** Loopback addresses, which take turns. */
  readonly addresses: readonly string[];
  /** What each does once it has come. */
  readonly begin?: (socket: Socket) => void;
}

/** More at once would overflow the listener's queue: the system then thinks itself connected where nobody is. */
const atOnce = 200;

/** Many connections from few addresses of this machine, which do what a test says and then wait. */
export class Crowd {
  readonly #sockets: Socket[] = [];
  readonly #bytes = new Map<Socket, Buffer>();
  #closed = 0;

  /** Resolves when the last has come; many may have been turned away by then. */
  static async gather(o: CrowdOptions): Promise<Crowd> {
    const crowd = new Crowd();
    for (let turn = 0; turn < o.count; turn += atOnce) {
      const few = Array.from({ length: Math.min(atOnce, o.count - turn) }, (_, more) => crowd.#come(o, turn + more));
      await Promise.all(few);
    }
    return crowd;
  }

  get open(): number {
    return this.#sockets.length - this.#closed;
  }

  /** What each connection that was answered at all was answered. */
  get answers(): string[] {
    return [...this.#bytes.values()].map((bytes) => bytes.toString("latin1"));
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #come(o: CrowdOptions, turn: number): Promise<void> {
    const localAddress = o.addresses[turn % o.addresses.length] ?? "127.0.0.1";
    const socket = connect({ port: o.port, host: "127.0.0.1", localAddress });
    this.#sockets.push(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      this.#bytes.set(socket, Buffer.concat([this.#bytes.get(socket) ?? Buffer.alloc(0), chunk]));
    });
    socket.once("close", () => {
      this.#closed += 1;
    });
    return new Promise((resolve) => {
      socket.once("close", () => resolve());
      socket.once("connect", () => {
        o.begin?.(socket);
        resolve();
      });
    });
  }
}

/** `127.0.<block>.1` and so on. */
export const addresses = (block: number, count: number): string[] =>
  Array.from({ length: count }, (_, turn) => `127.0.${block}.${turn + 1}`);
