import type { Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { parseClientHello } from "./client-hello.ts";
import { parseHttpHost } from "./http-host.ts";

export interface Peeked {
  readonly kind: "tls" | "http";
  /** Lower case, no port, no trailing dot. */
  readonly name: string;
  /** Every byte read so far: they belong to the connection and go first to wherever it goes. */
  readonly head: Buffer;
}

/**
 * Reads the first bytes of a connection until they name a host. Sends nothing. Afterwards nobody reads the socket: the
 * next byte is still in the kernel, so that the socket may go to another owner ({@link readOn}), or another process.
 * Throws `hello-malformed` (no TLS and no HTTP, or HTTP where `http` is false), `name-unknown` (names no host),
 * `frame-too-large` beyond {@link limits.peekBytes} of TLS or {@link limits.peekHeadBytes} of HTTP, or `link-closed` after `timeoutMs` or when the peer goes.
 * The caller resets the socket then.
 */
export function peek(socket: Socket, o: { http: boolean; timeoutMs?: number }): Promise<Peeked> {
  return new Promise((resolve, reject) => {
    let head: Buffer = Buffer.alloc(0);
    const settle = (result: Peeked | GenkanError) => {
      clearTimeout(timer);
      socket.removeListener("data", read).removeListener("end", ended).removeListener("close", ended);
      if (result instanceof GenkanError) return reject(result);
      stopReading(socket);
      resolve(result);
    };
    const read = (chunk: Buffer) => {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const result = judge(head, o.http);
      if (result === undefined) return;
      // Between the last chunk and the stop the stream may have taken in another one.
      socket.removeListener("data", read);
      socket.pause();
      for (let more = socket.read() as Buffer | null; more !== null; more = socket.read() as Buffer | null) {
        head = Buffer.concat([head, more]);
      }
      settle(result instanceof GenkanError ? result : { ...result, head });
    };
    const ended = () => settle(new GenkanError("link-closed", "The connection ended before it named a host."));
    const late = () => settle(new GenkanError("link-closed", "The connection did not name a host in time."));
    const timer = setTimeout(late, o.timeoutMs ?? limits.peekMs);
    socket.on("data", read).once("end", ended).once("close", ended);
    socket.resume();
  });
}

/** Pure: what to make of the bytes so far; undefined while more are needed. */
function judge(head: Buffer, http: boolean): Omit<Peeked, "head"> | GenkanError | undefined {
  const kind = head[0] === 22 ? "tls" : "http";
  // What lies beyond the limit counts for nothing, however the bytes were segmented.
  const most = kind === "tls" ? limits.peekBytes : limits.peekHeadBytes;
  const seen = head.subarray(0, most);
  const hello = kind === "tls" ? parseClientHello(seen) : http ? parseHttpHost(seen) : "malformed";
  if (hello === "malformed") return new GenkanError("hello-malformed");
  if (hello !== "more") return hello.name === null ? new GenkanError("name-unknown") : { kind, name: hello.name };
  return head.length >= most ? new GenkanError("frame-too-large") : undefined;
}

/**
 * Stops the handle itself, last of all: `pause()` alone lets the stream go on reading into its buffer, and bytes there
 * are lost when the handle is passed on (59 of 60 large POSTs hung). The stream is left in the state of a read that is
 * under way, so it does not start the handle again by itself. `_handle` is private to Node; a test holds it.
 */
function stopReading(socket: Socket): void {
  const handle = handleOf(socket);
  if (!handle) return;
  handle.readStop();
  handle.reading = false;
}

/** For an owner in this process who wants the socket's next bytes as events: undoes the stop. TLS on top needs it not. */
export function readOn(socket: Socket): void {
  const handle = handleOf(socket);
  if (!handle || handle.reading) return;
  handle.reading = true;
  handle.readStart();
}

interface Handle {
  reading: boolean;
  readStop(): void;
  readStart(): void;
}

const handleOf = (socket: Socket) => (socket as unknown as { _handle: Handle | null })._handle;
