import type { Socket } from "node:net";
import type { ErrorCode } from "../protocol/error.ts";
import type { RecordEntry } from "../protocol/recording.ts";

/**
 * What a channel has of the session that it serves: a way to the one granted address and port, and the recorder's tap.
 * It has no other way to a device.
 */
export interface DeviceSide {
  /** IP literal. */
  readonly address: string;
  readonly port: number;
  /**
   * A new connection to the device, which the session resets when it ends. Throws `target-not-listed`,
   * `device-unreachable` or `session-ended`.
   */
  dial(): Promise<Socket>;
  readonly tap: Tap;
}

/**
 * Where a session's traffic is counted and recorded. It fails closed: what can't be recorded ends the session before the
 * call returns, so a channel need not look.
 */
export interface Tap {
  /** Bytes of the client that went towards the device (`up`), or of the device towards the client. */
  count(direction: "up" | "down", bytes: number): void;
  /** An exchange with the device begins; what is returned is to be called once, when it is over, with its row. */
  open(): (entry: RecordEntry) => void;
  /** Something was refused inside the session. */
  refused(code: ErrorCode): void;
}
