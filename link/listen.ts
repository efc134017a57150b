import { type AddressInfo, createServer, type Socket } from "node:net";
import { limits } from "../protocol/limits.ts";

export interface Listener {
  readonly port: number;
  /** Stops accepting; connections already accepted go on. */
  close(): void;
}

/**
 * Listens on TCP. Sockets arrive paused (no byte is read before somebody decides to), half-open, without delay.
 * Rejects with the system's own error (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`), which only `bin/` puts into words.
 */
export function listen(o: { host: string; port: number; onSocket: (socket: Socket) => void }): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (socket) => {
      socket.setKeepAlive(true, limits.tcpKeepAliveMs);
      // A peer may reset at any moment; whoever owns the socket sees that in its "close".
      socket.on("error", () => {});
      o.onSocket(socket);
    });
    server.once("error", reject);
    server.listen({ host: o.host, port: o.port }, () => {
      server.removeListener("error", reject);
      server.on("error", () => {});
      resolve({ port: (server.address() as AddressInfo).port, close: () => server.close() });
    });
  });
}
