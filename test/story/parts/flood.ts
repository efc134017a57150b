import { createServer, type Server } from "node:net";

const chunk = Buffer.alloc(65_536, "genkan flood ");

/** A device that sends to whoever connects, as fast as it may, until it is cut. */
export class Flood {
  readonly port: number;

  private constructor(server: Server, port: number) {
    this.port = port;
    server.on("connection", (socket) => {
      // A cut arrives as a reset.
      socket.on("error", () => {});
      const pour = () => {
        while (!socket.destroyed && socket.write(chunk));
      };
      socket.on("drain", pour);
      pour();
    });
  }

  static start(host: string): Promise<Flood> {
    const server = createServer();
    return new Promise((resolve) => {
      server.listen(0, host, () => {
        const address = server.address();
        resolve(new Flood(server, typeof address === "object" && address !== null ? address.port : 0));
      });
    });
  }
}
