import { connect, type Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/**
 * Opens a TCP connection to an IP literal or name. The socket stays half-open when its peer ends (`allowHalfOpen`), sends
 * without delay and asks the kernel for keep-alives, so that a leg whose path went away is noticed. Later errors need no
 * listener: "close" follows each of them.
 * Throws `link-closed` when it can't be reached within `timeoutMs` or `signal` aborts.
 */
export function dialTcp(o: { host: string; port: number; timeoutMs: number; signal?: AbortSignal }): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: o.host, port: o.port, allowHalfOpen: true, noDelay: true });
    socket.setKeepAlive(true, limits.tcpKeepAliveMs);
    const settle = (cause?: unknown) => {
      clearTimeout(timer);
      o.signal?.removeEventListener("abort", abort);
      socket.removeListener("error", settle);
      socket.removeListener("connect", connected);
      socket.on("error", () => {});
      if (cause === undefined) return resolve(socket);
      socket.destroy();
      reject(new GenkanError("link-closed", whyNot(o, cause), { cause }));
    };
    const connected = () => settle();
    const abort = () => settle(new Error("aborted"));
    const timer = setTimeout(() => settle(new Error(`no answer within ${o.timeoutMs} ms`)), o.timeoutMs);
    socket.once("connect", connected);
    socket.once("error", settle);
    o.signal?.addEventListener("abort", abort, { once: true });
    if (o.signal?.aborted) abort();
  });
}

/** What a person at this end can do something about. */
function whyNot({ host, port }: { host: string; port: number }, cause: unknown): string {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return `The name ${host} can't be resolved (${code}).`;
  if (code === "ECONNREFUSED") return `Nothing listens at ${host}, port ${port}.`;
  return `The connection to ${host}, port ${port}, could not be opened (${code ?? (cause as Error).message}).`;
}
