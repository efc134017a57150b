import type { Socket } from "node:net";
import type { Token } from "../protocol/brand.ts";

/** One connection to the gateway that stands by for, and then carries, one client's bytes unchanged. */
export interface Leg {
  /**
   * Where those bytes come and go: the TLSSocket to the gateway for carrier U. It may hold first bytes in its buffer
   * already; `acceptPinned` and node's HTTP server both take them from there.
   */
  readonly stream: Socket;
  /** The TCP socket at the bottom: what is cut. */
  readonly raw: Socket;
}

/** A way to reach the gateway. All have the same life and differ in how the token is shown (docs/protocol.md). */
export interface Carrier {
  /** Opens a leg with a one-time token. Throws `token-refused`, `peer-key-mismatch` or `link-closed`. */
  dial(token: Token, signal?: AbortSignal): Promise<Leg>;
}
