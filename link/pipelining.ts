import type { RequestListener } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { limits } from "../protocol/limits.ts";

const unanswered = new WeakMap<Duplex, number>();

/** Whether an earlier request of this connection waits for its answer, at a listener that {@link boundPipelining} made. */
export function waitsForAnswer(connection: Duplex): boolean {
  return (unanswered.get(connection) ?? 0) > 0;
}

/**
 * A request listener that bounds pipelining (RFC 9112, section 9.3.2) before `listener`. Node hands every request over
 * as soon as it is read, also while earlier ones of the same connection wait for their answer, and holds all of them.
 * Beyond {@link limits.pipelinedRequests} such requests, `onTooMany` is called once for the connection, which is then
 * destroyed; `listener` hears of neither that request nor of those that were read behind it. Requests that take their
 * connection over (upgrades, tunnels) are no requests to a server's listener, so they do not count.
 */
export function boundPipelining(listener: RequestListener, onTooMany: (socket: Socket) => void): RequestListener {
  return (req, res) => {
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
}
