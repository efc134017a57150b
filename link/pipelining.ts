import { type IncomingMessage, type RequestListener, type Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "../protocol/limits.ts";

/**
 * Serves a server's requests by `listener`, with a bound on pipelining (RFC 9112, section 9.3.2). Node hands every request
 * over as soon as it is read, also while earlier ones of the same connection wait for their answer, and holds all of them.
 * Beyond {@link limits.pipelinedRequests} such requests, `onTooMany` is called once for the connection, which is then
 * destroyed; `listener` hears of neither that request nor of those that were read behind it. A request with an expectation
 * that nobody knows (RFC 9110, section 10.1.1) is served as any other: node would answer it unseen and unbounded. Requests
 * that take their connection over (upgrades, tunnels) do not count: see {@link takeOver}.
 */
export function boundPipelining(server: Server, listener: RequestListener, onTooMany: (socket: Socket) => void): void {
  const unanswered = new WeakMap<Socket, number>();
  const bounded: RequestListener = (req, res) => {
    const { socket } = req;
    // What one read brought in is handed over to its end, also after the connection was destroyed.
    if (socket.destroyed) return;
    const count = (unanswered.get(socket) ?? 0) + 1;
    if (count > limits.pipelinedRequests) {
      onTooMany(socket);
      socket.destroy();
      return;
    }
    unanswered.set(socket, count);
    res.once("close", () => unanswered.set(socket, (unanswered.get(socket) ?? 1) - 1));
    listener(req, res);
  };
  server.on("request", bounded).on("checkExpectation", bounded);
}

/**
 * An answer on the bare connection of a request that takes it over. Node hands the connection over also while an earlier
 * answer is still under way there; no browser asks like that, and two answers can't share a connection: undefined then,
 * with the connection destroyed.
 */
export function takeOver(req: IncomingMessage, socket: Duplex): ServerResponse | undefined {
  const res = new ServerResponse(req);
  try {
    res.assignSocket(socket as Socket);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_HTTP_SOCKET_ASSIGNED") throw error;
    socket.destroy();
    return undefined;
  }
  return res;
}
