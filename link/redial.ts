import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { ProgramLog } from "../protocol/program-log.ts";

/** A wait that doubles with each failure, from {@link limits.redialFirstMs} to {@link limits.redialMs}. */
export class Backoff {
  #nextMs: number = limits.redialFirstMs;

  /** Resolves after the wait, or at once when `signal` aborts. */
  wait(signal: AbortSignal): Promise<void> {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(ms * 2, limits.redialMs);
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      };
      const timer = setTimeout(done, signal.aborted ? 0 : ms);
      signal.addEventListener("abort", done);
    });
  }

  reset(): void {
    this.#nextMs = limits.redialFirstMs;
  }
}

/**
 * Keeps a link up until `signal` aborts, then resolves. `up` dials, and calls `established` once the link works; it
 * resolves or throws when the link is over. The wait starts anew only after a link that worked, so a peer that accepts
 * and then refuses is not hammered. Nothing is thrown: failures go to the log.
 */
export async function keepUp(
  up: (signal: AbortSignal, established: () => void) => Promise<unknown>,
  o: { name: string; signal: AbortSignal; log: ProgramLog },
): Promise<void> {
  const backoff = new Backoff();
  while (!o.signal.aborted) {
    let end: unknown;
    try {
      end = await up(o.signal, () => backoff.reset());
    } catch (error) {
      end = error instanceof GenkanError ? error : new GenkanError("internal", undefined, { cause: error });
      if (end !== error) o.log.error({ event: "link.failed", err: error, link: o.name }, "a link failed");
    }
    if (o.signal.aborted) return;
    const { code, detail } = end instanceof GenkanError ? end : new GenkanError("link-closed");
    o.log.warn({ event: "link.down", link: o.name, code, detail }, "a link is down and will be dialled again");
    await backoff.wait(o.signal);
  }
}
