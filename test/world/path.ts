import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

interface Crossing {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A stretch of network between two parts of this machine, which a test can break: reset what crosses it, hold every byte
 * back without a word (as a path that drops packets), delay them, or refuse newcomers.
 */
export class Path {
  readonly port: number;
  readonly #server: Server;
  readonly #crossings = new Set<Crossing>();
  #held = false;
  #refusing = false;
  #delayMs = 0;

  private constructor(server: Server, port: number, to: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (client: Socket) => this.#cross(client, to));
  }

  static start(to: number): Promise<Path> {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve(new Path(server, (server.address() as AddressInfo).port, to)));
    });
  }

  get crossings(): number {
    return this.#crossings.size;
  }

  /** Both sides of everything that crosses it now see a reset. */
  reset(): void {
    for (const { client, server } of this.#crossings) {
      client.resetAndDestroy();
      server.resetAndDestroy();
    }
  }

  /** From now on no byte passes, and no end; nobody is told. */
  hold(held: boolean): void {
    this.#held = held;
    for (const { client, server } of this.#crossings) {
      for (const socket of [client, server]) {
        if (held) socket.pause();
        else socket.resume();
      }
    }
  }

  /** From now on every byte takes this much longer, each way. Only on a path that nothing crosses yet. */
  delay(ms: number): void {
    this.#delayMs = ms;
  }

  /** Newcomers are reset. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  stop(): void {
    this.#server.close();
    this.reset();
  }

  #cross(client: Socket, to: number): void {
    client.on("error", () => {});
    if (this.#refusing) return void client.resetAndDestroy();
    const server = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const crossing = { client, server };
    this.#crossings.add(crossing);
    server.on("error", () => {});
    this.#carry(client, server);
    this.#carry(server, client);
    const closed = () => {
      if (client.destroyed && server.destroyed) this.#crossings.delete(crossing);
    };
    client.once("close", closed);
    server.once("close", closed);
    if (!this.#held) client.resume();
  }

  #carry(from: Socket, to: Socket): void {
    const later = (act: () => void) => (this.#delayMs > 0 ? setTimeout(act, this.#delayMs) : act());
    from.on("data", (chunk: Buffer) => {
      later(() => {
        if (!to.write(chunk)) from.pause();
      });
    });
    to.on("drain", () => {
      if (!this.#held) from.resume();
    });
    from.once("end", () => later(() => to.end()));
    // A reset on one side is a reset on the other.
    from.once("close", () => {
      if (!from.readableEnded && !to.destroyed) to.resetAndDestroy();
    });
  }
}
