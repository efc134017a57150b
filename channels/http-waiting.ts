import type { Duplex } from "node:stream";
import { limits } from "../protocol/limits.ts";

/** A browser that waits for the answer to its handshake. */
export interface Waiting {
  /** Aborted when it left: its connection closed or, which is what a page that is left sends, ended. */
  readonly left: AbortSignal;
  /** Watches no longer, and stops the connection. What the browser has sent by then can be read from it again. */
  stop(): void;
}

/**
 * Reads a browser's connection while nobody else does, for only who reads hears its end. A browser has nothing to say
 * then (RFC 6455, section 4.1); what it says is kept. Beyond {@link limits.httpHeadBytes} `onTooMuch` is called once, and
 * it counts as having left.
 */
export function waitFor(socket: Duplex, head: Buffer, onTooMuch: () => void): Waiting {
  const left = new AbortController();
  const leave = () => left.abort();
  const kept = [head];
  let bytes = head.length;
  const keep = (chunk: Buffer) => {
    kept.push(chunk);
    bytes += chunk.length;
    if (bytes <= limits.httpHeadBytes) return;
    stop();
    onTooMuch();
    leave();
  };
  const stop = () => void socket.pause().off("data", keep).off("end", leave).off("close", leave);
  socket.on("data", keep).on("end", leave).on("close", leave);
  if (socket.destroyed || socket.readableEnded) leave();
  return {
    left: left.signal,
    stop() {
      stop();
      if (bytes > 0) socket.unshift(Buffer.concat(kept));
    },
  };
}
