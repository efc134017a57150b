import type { Socket } from "node:net";
import type { Handlers } from "../link/control-link.ts";
import { speakDeviceTls } from "../link/device-tls.ts";
import { dialTcp } from "../link/dial.ts";
import { resetNow } from "../link/reset.ts";
import { trustedRoots } from "../link/trusted-roots.ts";
import type { agentOrders } from "../protocol/agent-control.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Reach, Target } from "../protocol/reach.ts";
import type { TlsException } from "../protocol/service.ts";
import type { Journal } from "./journal.ts";

export interface ReachTestOptions {
  readonly allowList: { permits(address: string, port: number): boolean };
  readonly journal: Pick<Journal, "write">;
  /** PEM of the authorities that may vouch for a device's certificate. */
  readonly roots: readonly string[];
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Aborted when the agent stops. */
  readonly signal: AbortSignal;
}

/**
 * Whether a device answers, told without a session and without anybody's approval: so the allow-list has the last word here
 * too, no byte is sent but those of a TLS handshake, what the device shows is neither accepted nor kept, and there are only
 * {@link limits.reachTests} in {@link limits.reachTestsMs}. A stolen authority learns by it what listed devices are up.
 */
export class ReachTest {
  readonly #o: ReachTestOptions;
  #begun: number[] = [];

  constructor(o: ReachTestOptions) {
    this.#o = o;
  }

  /** Null for `tls` where the service speaks none. Throws `too-many`, and `recorder-unavailable` when nobody could see it afterwards. */
  async test(target: Target, tls: readonly TlsException[] | null): Promise<Reach> {
    const { address, port } = target;
    if (!this.#o.allowList.permits(address, port)) return "not-listed";
    const now = this.#o.now();
    this.#begun = this.#begun.filter((at) => now - at < limits.reachTestsMs);
    if (this.#begun.length >= limits.reachTests) throw new GenkanError("too-many", "Wait a minute.");
    this.#begun.push(now);
    const reach = await this.#dial(target, tls);
    if (!this.#o.journal.write({ event: "reach", service: `${address}:${port}`, reach }))
      throw new GenkanError("recorder-unavailable");
    return reach;
  }

  async #dial({ address, port }: Target, tls: readonly TlsException[] | null): Promise<Reach> {
    const { signal, roots } = this.#o;
    const timeoutMs = limits.reachMs;
    let socket: Socket;
    try {
      socket = await dialTcp({ host: address, port, timeoutMs, signal });
    } catch (error) {
      return whyNot(error);
    }
    try {
      if (tls) await speakDeviceTls(socket, { address, exceptions: tls, roots, timeoutMs, signal });
      return "open";
    } catch (error) {
      return error instanceof GenkanError && error.code === "device-untrusted" ? "untrusted" : "no-tls";
    } finally {
      resetNow(socket);
    }
  }
}

/** What the authority may ask of an agent about its devices, outside of any session. */
export function reachHandlers(
  allowList: ReachTestOptions["allowList"],
  journal: ReachTestOptions["journal"],
  now: () => number,
  signal: AbortSignal,
): Pick<Handlers<typeof agentOrders>, "targets.listed" | "target.reach"> {
  const reach = new ReachTest({ allowList, journal, roots: trustedRoots(null), now, signal });
  return {
    "targets.listed": ({ targets }) => ({
      listed: targets.map(({ address, port }) => allowList.permits(address, port)),
    }),
    "target.reach": async ({ target, tls }) => ({ reach: await reach.test(target, tls) }),
  };
}

function whyNot(error: unknown): Reach {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "refused";
  return code === undefined || code === "ETIMEDOUT" ? "timed-out" : "unreachable";
}
