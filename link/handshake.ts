import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { GenkanError } from "../protocol/error.ts";
import { resetNow } from "./reset.ts";

/** Waits for `done` on `tls`, at most `timeoutMs`; otherwise resets `raw` and throws `link-closed`. */
export function handshake(
  tls: TLSSocket,
  raw: Socket,
  done: "secure" | "secureConnect",
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (cause?: unknown) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      tls.removeListener(done, succeed).removeListener("close", closed).removeListener("error", settle);
      // From here on "close" tells the owner all there is to know.
      tls.on("error", () => {});
      if (cause === undefined) return resolve();
      resetNow(raw);
      reject(new GenkanError("link-closed", "The TLS handshake failed.", { cause }));
    };
    const succeed = () => settle();
    const closed = () => settle(new Error("closed during the handshake"));
    const abort = () => settle(new Error("aborted"));
    const timer = setTimeout(() => settle(new Error("no handshake in time")), Math.max(1, timeoutMs));
    tls.once(done, succeed).once("close", closed).once("error", settle);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
  });
}
