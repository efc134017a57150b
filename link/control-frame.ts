import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";

/**
 * One frame of a control link (docs/protocol.md, "Control link"):
 *
 * ```
 *  0        4
 * +--------+---------------------------
 * | length | body: JSON object in UTF-8
 * +--------+---------------------------
 * ```
 * `length` is that of the body, 32 bits, big endian, 1 to {@link limits.controlBytes}.
 */
export function encodeControlFrame(body: object): Buffer {
  const json = Buffer.from(JSON.stringify(body));
  if (json.length > limits.controlBytes) throw new GenkanError("frame-too-large");
  const frame = Buffer.allocUnsafe(4 + json.length);
  frame.writeUInt32BE(json.length);
  json.copy(frame, 4);
  return frame;
}

export type ControlBody =
  | { readonly kind: "message"; readonly id: number; readonly type: string; readonly body: unknown }
  | { readonly kind: "reply"; readonly re: number; readonly body: unknown }
  | { readonly kind: "refusal"; readonly re: number; readonly code: string; readonly detail: string | undefined }
  | { readonly kind: "ping" | "pong" };

/** Cuts a stream of bytes into frames, however they were segmented. Holds at most one unfinished frame. */
export class ControlFrameDecoder {
  #held: Buffer[] = [];
  #heldBytes = 0;

  /** Frames that `chunk` completes. Throws `frame-too-large` before a byte of such a body is kept, or `frame-malformed`. */
  *push(chunk: Uint8Array): Generator<ControlBody> {
    this.#held.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#heldBytes += chunk.byteLength;
    while (this.#heldBytes >= 4) {
      const length = this.#take(4, false).readUInt32BE();
      if (length > limits.controlBytes) throw new GenkanError("frame-too-large");
      if (length === 0) throw new GenkanError("frame-malformed");
      if (this.#heldBytes < 4 + length) return;
      this.#take(4, true);
      yield parseBody(this.#take(length, true));
    }
  }

  /** To be called when the stream ends. Throws `frame-malformed` when it ended inside a frame. */
  end(): void {
    if (this.#heldBytes > 0) throw new GenkanError("frame-malformed", "The link ended inside a frame.");
  }

  #take(bytes: number, consume: boolean): Buffer {
    const [first] = this.#held;
    if (first === undefined || first.length < bytes) this.#held = [Buffer.concat(this.#held)];
    const whole = this.#held[0] as Buffer;
    if (consume) {
      if (whole.length === bytes) this.#held.shift();
      else this.#held[0] = whole.subarray(bytes);
      this.#heldBytes -= bytes;
    }
    return whole.subarray(0, bytes);
  }
}

function parseBody(bytes: Buffer): ControlBody {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new GenkanError("frame-malformed", "It is not JSON.", { cause });
  }
  const parsed = isRecord(value) ? shapeOf(value) : undefined;
  if (!parsed) throw new GenkanError("frame-malformed", "It is not one of the known bodies.");
  return parsed;
}

function shapeOf(value: Record<string, unknown>): ControlBody | undefined {
  const { id, re, type, body, error } = value;
  switch (Object.keys(value).sort().join(" ")) {
    case "body id type":
      return isNumber(id) && typeof type === "string" ? { kind: "message", id, type, body } : undefined;
    case "body re":
      return isNumber(re) ? { kind: "reply", re, body } : undefined;
    case "error re":
      return isNumber(re) ? refusalOf(re, error) : undefined;
    case "type":
      return type === "ping" || type === "pong" ? { kind: type } : undefined;
    default:
      return undefined;
  }
}

function refusalOf(re: number, error: unknown): ControlBody | undefined {
  if (!isRecord(error)) return undefined;
  const { code, detail, ...more } = error;
  if (typeof code !== "string" || Object.keys(more).length > 0) return undefined;
  if (detail !== undefined && typeof detail !== "string") return undefined;
  return { kind: "refusal", re, code, detail };
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
