import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { AnswerReader } from "./http-answer.ts";
import { type Fields, pairs } from "./http-field.ts";

/** One request as the device gets it. */
export interface Outgoing {
  readonly method: string;
  readonly target: string;
  readonly fields: Fields;
  readonly body?: OutgoingBody;
}

export interface OutgoingBody {
  readonly from: IncomingMessage;
  /** In bytes; null for one that is sent in chunks. */
  readonly length: number | null;
  /** Waits {@link limits.bodyHoldMs} for an answer: a device that expects no body has answered by then. */
  readonly held: boolean;
  passed(bytes: number): void;
}

/** The answer of a device that refuses may come before it has read the body, and it reads no more then. */
const refusalFrom = 400;

/**
 * Sends one request on a device's connection and reads its answer. Resolves when the answer is over, whole or not: the
 * reader knows. Nobody else may read the socket meanwhile; afterwards nobody does. Throws `UnreadableAnswer`,
 * `device-unreachable` (silence beyond {@link limits.deviceReplyMs}) or `link-closed` (`left`: the browser has gone).
 */
export async function exchange(socket: Socket, out: Outgoing, reader: AnswerReader, left: AbortSignal): Promise<void> {
  const { body } = out;
  const sending = new AbortController();
  let unsent = body !== undefined;
  const answered = hear(socket, reader, left, (status) => {
    if (unsent && (reader.over || status >= refusalFrom)) sending.abort();
  });
  const undo = body ? outliveFailedWrites(socket) : undefined;
  socket.write(headOf(out), "latin1");
  if (body) void send(socket, body, sending.signal, () => void (unsent = false)).then(() => body.from.resume());
  try {
    await answered;
  } finally {
    sending.abort();
    undo?.();
  }
  if (unsent) reader.odd.add("early");
}

/**
 * Node destroys a socket when a write fails, with all that it has not read. A device that has answered and closed makes
 * writes fail, and its answer is still to be read. What is set here is private to Node; a test holds it. Returns what
 * undoes it.
 */
function outliveFailedWrites(socket: Socket): () => void {
  const { _readableState: reading, _writableState: writing } = socket as unknown as Record<
    "_readableState" | "_writableState",
    { autoDestroy: boolean; errored: Error | null }
  >;
  const readOn = () => {
    if (!socket.destroyed) reading.errored = null;
  };
  reading.autoDestroy = false;
  writing.autoDestroy = false;
  socket.on("error", readOn);
  return () => {
    socket.off("error", readOn);
    reading.autoDestroy = true;
    writing.autoDestroy = true;
  };
}

function headOf({ method, target, fields }: Outgoing): string {
  const lines = [...pairs(fields)].map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

/** `heard` is told after every piece, with the answer's status; 0 before there is one. */
function hear(socket: Socket, reader: AnswerReader, left: AbortSignal, heard: (status: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (error?: unknown) => {
      clearTimeout(timer);
      left.removeEventListener("abort", leave);
      socket.off("data", read).off("end", ended).off("close", closed).pause();
      if (error === undefined) return resolve();
      socket.destroy();
      reject(error);
    };
    const timer = setTimeout(() => settle(new GenkanError("device-unreachable")), limits.deviceReplyMs);
    const attempt = (step: () => void) => {
      try {
        step();
      } catch (error) {
        return settle(error);
      }
      if (reader.status > 0) clearTimeout(timer);
      heard(reader.status);
      if (reader.over) settle();
    };
    const read = (bytes: Buffer) => attempt(() => reader.read(bytes));
    const ended = () => attempt(() => reader.end());
    const closed = () => attempt(() => reader.breakOff());
    const leave = () => settle(new GenkanError("link-closed"));
    left.addEventListener("abort", leave);
    socket.on("data", read).on("end", ended).on("close", closed).resume();
    if (left.aborted) leave();
    else if (socket.destroyed) closed();
  });
}

/** Ends when all of it went, or need not go. The rest is left to be read away: browsers hear no answer before they have sent all. */
async function send(socket: Socket, body: OutgoingBody, stop: AbortSignal, whole: () => void): Promise<void> {
  if (body.held) await waited(stop, limits.bodyHoldMs);
  const chunked = body.length === null;
  let left = body.length ?? Number.POSITIVE_INFINITY;
  try {
    // The browser's request stays when this stops, for its answer goes the same way.
    for await (const chunk of body.from.iterator({ destroyOnReturn: false })) {
      if (stop.aborted || !socket.writable) return;
      body.passed(chunk.length);
      left -= chunk.length;
      if (left <= 0) whole();
      if (!write(socket, chunk, chunked)) await drained(socket, stop);
    }
  } catch {
    // The browser has left in the middle, as the signal of the exchange tells.
    return;
  }
  if (!chunked || stop.aborted || !socket.writable) return;
  socket.write("0\r\n\r\n");
  whole();
}

function write(socket: Socket, bytes: Buffer, chunked: boolean): boolean {
  if (!chunked) return socket.write(bytes);
  socket.write(`${bytes.length.toString(16)}\r\n`);
  socket.write(bytes);
  return socket.write("\r\n");
}

function drained(socket: Socket, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      socket.off("drain", go).off("error", go).off("close", go);
      stop.removeEventListener("abort", go);
      resolve();
    };
    socket.on("drain", go).on("error", go).on("close", go);
    stop.addEventListener("abort", go);
    if (stop.aborted || !socket.writable) go();
  });
}

function waited(stop: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(go, ms);
    stop.addEventListener("abort", go, { once: true });
  });
}
