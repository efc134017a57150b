import type { Socket } from "node:net";
import { Device } from "../world/device.ts";

/** What a device has got in the name of one session. Times are of the wall clock. */
export interface Trace {
  readonly session: string;
  connections: number;
  bytes: number;
  readonly firstAt: number;
  lastAt: number;
  /** What came was not what the session's tool says, in its order. */
  garbled: string | null;
}

/** `session connection number filling`, so that a device knows whose bytes they are and whether one is missing. */
export function line(session: string, connection: number, number: number, filling: number): string {
  return `${session} ${connection} ${number} ${"x".repeat(filling)}\n`;
}

/** An echo that keeps account of what reached it, in whose name. */
export class CountingDevice {
  readonly device: Device;
  readonly traces = new Map<string, Trace>();

  private constructor(device: Device) {
    this.device = device;
  }

  static async start(): Promise<CountingDevice> {
    const counting = new CountingDevice(await Device.start());
    counting.device.behave = (socket) => counting.#serve(socket);
    return counting;
  }

  #serve(socket: Socket): void {
    let trace: Trace | undefined;
    let rest = "";
    let due = 0;
    let early = 0;
    socket.on("data", (chunk: Buffer) => {
      rest += chunk.toString("latin1");
      const name = /^\S+(?= )/.exec(rest)?.[0];
      if (!trace && name === undefined) early += chunk.length;
      else {
        trace ??= this.#begin(name ?? "", early);
        trace.bytes += chunk.length;
        trace.lastAt = Date.now();
      }
      const lines = rest.split("\n");
      rest = lines.pop() ?? "";
      for (const text of lines) {
        const [session, , number] = text.split(" ");
        if (trace && (session !== trace.session || Number(number) !== due)) trace.garbled ??= text.slice(0, 80);
        due += 1;
      }
      socket.write(chunk);
    });
    socket.on("end", () => socket.end());
  }

  #begin(session: string, bytes: number): Trace {
    const now = Date.now();
    const trace = this.traces.get(session) ?? {
      session,
      connections: 0,
      bytes: 0,
      firstAt: now,
      lastAt: now,
      garbled: null,
    };
    trace.connections += 1;
    trace.bytes += bytes;
    this.traces.set(session, trace);
    return trace;
  }
}
