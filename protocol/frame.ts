import { GenkanError } from "./error.ts";
import { limits } from "./limits.ts";

/**
 * Frames of the link between the command line and the agent, inside their mutual TLS.
 *
 * ```
 *  0        1        2        3        4        5        6        7        8
 * +--------+--------------------------+-----------------------------------+---------
 * | type   | payload length (24, BE)  | stream (32, BE; 0 = the link)     | payload
 * +--------+--------------------------+-----------------------------------+---------
 * ```
 *
 * | type | name | from | stream | payload |
 * |---|---|---|---|---|
 * | 1 | PROOF | client | 0 | the workstation's proof, compact JWS, ASCII |
 * | 2 | READY | agent | 0 | JSON `{windowEnd}`: instant at which the window closes |
 * | 3 | REFUSED | agent | 0 | error code, ASCII; the link then closes |
 * | 4 | OPEN | client | new id, odd, rising | empty |
 * | 5 | OPENED | agent | id | empty: the device accepted |
 * | 6 | DATA | both | id | 1 to 32,768 bytes, within the credit |
 * | 7 | CREDIT | both | id | bytes (32, BE) by which the sender may go on |
 * | 8 | END | both | id | empty: no more data from this side |
 * | 9 | RESET | both | id | error code, ASCII: the stream is over both ways |
 * | 10 | PING | both | 0 | 8 bytes, echoed |
 * | 11 | PONG | both | 0 | the same 8 bytes |
 * | 12 | CLOSE | agent | 0 | end reason, ASCII; the link then closes |
 */
export const frameTypes = {
  PROOF: 1,
  READY: 2,
  REFUSED: 3,
  OPEN: 4,
  OPENED: 5,
  DATA: 6,
  CREDIT: 7,
  END: 8,
  RESET: 9,
  PING: 10,
  PONG: 11,
  CLOSE: 12,
} as const;
export type FrameName = keyof typeof frameTypes;

const names = new Map(Object.entries(frameTypes).map(([name, type]) => [type as number, name as FrameName]));

export const frameHeadBytes = 8;

/** Head of a frame; the payload follows it unchanged, so that large data is never copied. */
export function encodeFrameHead(name: FrameName, stream: number, payloadBytes: number): Uint8Array {
  const head = new Uint8Array(frameHeadBytes);
  const view = new DataView(head.buffer);
  view.setUint32(0, (frameTypes[name] << 24) | payloadBytes);
  view.setUint32(4, stream);
  return head;
}

/** Throws `frame-malformed` for an unknown type and `frame-too-large` beyond {@link limits.frameBytes}. */
export function decodeFrameHead(head: Uint8Array): { name: FrameName; stream: number; payloadBytes: number } {
  const view = new DataView(head.buffer, head.byteOffset, frameHeadBytes);
  const word = view.getUint32(0);
  const name = names.get(word >>> 24);
  const payloadBytes = word & 0xffffff;
  if (name === undefined) throw new GenkanError("frame-malformed");
  if (payloadBytes > limits.frameBytes) throw new GenkanError("frame-too-large");
  return { name, stream: view.getUint32(4), payloadBytes };
}
