import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Secret } from "../crypto/secret.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import type { ErrorCode } from "../protocol/error.ts";
import type { ProgramLog } from "../protocol/program-log.ts";
import type { RecordEntry } from "../protocol/recording.ts";
import type { Service } from "../protocol/service.ts";
import type { Entrance } from "./entrance.ts";

/** Speaks one protocol with the clients that a door has let in, and with the one device of its session. */
export interface Channel {
  /** Serves one connection of a client. The session owns the sockets under it and resets them at the end. */
  accept(client: Client): void;
  /** Tells clients why, if it can without waiting. Their sockets are reset right after. */
  end(reason: EndReason): void;
}

/** A client's connection, decrypted. Those of the command line wait for an answer before the device's bytes may flow. */
export type Client = Duplex & { accept?(): void; refuse?(code: ErrorCode): void };

export interface ChannelOptions {
  readonly device: DeviceSide;
  /** Of the door: who may use it, for a protocol whose requests say who asks. */
  readonly entrance: Entrance;
  /** Every service of the session's grant, so that a device that leads to another one is understood. */
  readonly granted: readonly Omit<Service, "id">[];
  readonly log: ProgramLog;
}

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
   * `device-unreachable`, `device-untrusted`, `certificate-changed`, `stream-limit` or `session-ended`.
   */
  dial(): Promise<Socket>;
  /**
   * What the channel signs in to the device with, so that the client never has it. `name` is one that the session's grant
   * names. Throws `not-found` for any other: today no grant names one.
   */
  credential(name: string): Promise<Secret>;
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
  row(): (entry: RecordEntry) => void;
  /**
   * A recording of all that is shown or typed begins. Throws `obligation-refused`, naming the kind, where the recorder keeps
   * none of that kind: the session has ended then. Today it keeps none.
   */
  stream(kind: StreamKind): RecordedStream;
  /** Something was refused inside the session. */
  refused(code: ErrorCode): void;
}

/** What can be recorded as it went by: the text of a terminal, the picture of a desktop. */
export type StreamKind = "terminal" | "desktop";

export interface RecordedStream {
  /** `at` is milliseconds since the stream began. */
  write(at: number, bytes: Uint8Array): void;
  /** Nothing more comes. To be called once. */
  close(): void;
}
