import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/**
 * Lets TLS that runs inside TLS say that it is closed. When the connection at the bottom is reset, Node 24 closes the outer
 * socket first; the inner one then waits for the outer's "close", which is being said at that very moment, and hears it no
 * more: it is destroyed, keeps what OpenSSL holds for it and never says "close" itself. Whoever listens would take a dead
 * peer for a live one. So it is said once more where it was missed.
 */
export function passClose(outer: Socket, inner: TLSSocket): void {
  let told = false;
  inner.once("close", () => (told = true));
  outer.once("close", () => setImmediate(() => told || outer.emit("close", false)));
}
