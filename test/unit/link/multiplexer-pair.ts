import { Duplex } from "node:stream";
import { type IncomingStream, type LinkEnd, Multiplexer, type MultiplexerOptions } from "../../../link/multiplexer.ts";
import { encodeFrameHead, type FrameName } from "../../../protocol/frame.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";

export const windowEnd = "2026-03-01T10:00:00.000Z";

/** Two ends of an in-memory connection with back-pressure. `cutInto` decides how each written chunk is delivered. */
export function duplexPair(cutInto: (bytes: Buffer) => Buffer[] = (bytes) => [bytes]): [Duplex, Duplex] {
  const ends: Duplex[] = [];
  const waiting: (undefined | (() => void))[] = [];
  const make = (index: number): Duplex =>
    new Duplex({
      allowHalfOpen: true,
      read() {
        const resume = waiting[index];
        waiting[index] = undefined;
        resume?.();
      },
      write(chunk: Buffer, _encoding, callback) {
        const other = ends[1 - index] as Duplex;
        // A later turn of the event loop, as a network would.
        setImmediate(() => {
          let more = true;
          for (const part of cutInto(Buffer.from(chunk))) if (!other.destroyed) more = other.push(part);
          if (more || other.destroyed) callback();
          else waiting[1 - index] = callback;
        });
      },
      final(callback) {
        (ends[1 - index] as Duplex).push(null);
        callback();
      },
      destroy(error, callback) {
        const other = ends[1 - index] as Duplex;
        setImmediate(() => other.destroy());
        waiting[1 - index]?.();
        callback(error);
      },
    });
  ends.push(make(0), make(1));
  return ends as [Duplex, Duplex];
}

export interface End {
  readonly mux: Multiplexer;
  readonly ended: Promise<LinkEnd>;
}

export function end(stream: Duplex, role: "client" | "agent", more: Partial<MultiplexerOptions> = {}): End {
  const over = Promise.withResolvers<LinkEnd>();
  const mux = new Multiplexer(stream, { role, log: silentProgramLog, onClose: over.resolve, ...more });
  return { mux, ended: over.promise };
}

/** Both ends over `streams`, proven and ready. */
export async function readyPair(
  onStream: (stream: IncomingStream) => void,
  streams: [Duplex, Duplex] = duplexPair(),
  now?: () => number,
): Promise<{ client: End; agent: End }> {
  const clock = now ? { now } : {};
  const client = end(streams[0], "client", clock);
  const agent = end(streams[1], "agent", { onStream, ...clock });
  const proving = client.mux.prove("proof");
  await agent.mux.proof();
  agent.mux.ready({ windowEnd });
  await proving;
  return { client, agent };
}

export function frame(name: FrameName, stream: number, payload: Uint8Array | string = ""): Buffer {
  const bytes = Buffer.from(payload);
  return Buffer.concat([encodeFrameHead(name, stream, bytes.length), bytes]);
}

export async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}
