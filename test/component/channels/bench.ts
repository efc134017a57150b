import type { Socket } from "node:net";
import type { DeviceSide } from "../../../channels/channel.ts";
import { dialTcp } from "../../../link/dial.ts";
import { type ErrorCode, GenkanError } from "../../../protocol/error.ts";
import type { RecordEntry } from "../../../protocol/recording.ts";
import { patienceMs } from "../../patience.ts";

/** The device's side of a session, with real sockets, that remembers what was counted, recorded and dialled. */
export class TestDeviceSide implements DeviceSide {
  readonly address = "127.0.0.1";
  readonly port: number;
  readonly entries: RecordEntry[] = [];
  readonly refusals: ErrorCode[] = [];
  readonly counts = { up: 0, down: 0 };
  readonly sockets: Socket[] = [];
  refuse: GenkanError | undefined;

  constructor(port: number) {
    this.port = port;
  }

  readonly tap = {
    count: (direction: "up" | "down", bytes: number) => {
      this.counts[direction] += bytes;
    },
    row: () => (entry: RecordEntry) => {
      this.entries.push(entry);
    },
    refused: (code: ErrorCode) => {
      this.refusals.push(code);
    },
    stream: () => {
      throw new GenkanError("obligation-refused");
    },
  };

  async credential(): Promise<never> {
    throw new GenkanError("not-found");
  }

  async dial(): Promise<Socket> {
    if (this.refuse) throw this.refuse;
    try {
      const socket = await dialTcp({ host: this.address, port: this.port, timeoutMs: patienceMs });
      this.sockets.push(socket);
      return socket;
    } catch (cause) {
      throw new GenkanError("device-unreachable", undefined, { cause });
    }
  }
}

/** Waits until `ready` is true; fails when it never is, shortly before the test would by its own limit. */
export async function until(ready: () => boolean, what: string): Promise<void> {
  const late = performance.now() + patienceMs - 5_000;
  while (!ready()) {
    if (performance.now() > late) throw new Error(`never saw: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
