import { createServer, type Server, type Socket } from "node:net";

const chunk = Buffer.alloc(65_536, "genkan flood ");

/** A device that sends to whoever connects, as fast as it may, until it is cut. */
export class Flood {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.port = port;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
      // A cut arrives as a reset.
      socket.on("error", () => {});
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", pour);
      pour();
    });
  }

  static start(): Promise<Flood> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        resolve(new Flood(server, typeof address === "object" && address !== null ? address.port : 0));
      });
    });
  }

  /** Connections that the device has now. */
  get connections(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
