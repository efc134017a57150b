import type Type from "typebox";
import { Check } from "typebox/value";
import { type EndReason, isEndReason } from "../protocol/end-reason.ts";
import { type ErrorCode, GenkanError, isErrorCode } from "../protocol/error.ts";
import { Instant, Strict } from "../protocol/schema.ts";

/** Payload of READY. */
const Ready = Strict({ windowEnd: Instant });
export type Ready = Type.Static<typeof Ready>;

// Each throws `frame-malformed` for anything that is not exactly of its form or set.

export function parseReady(payload: Buffer): Ready {
  let value: unknown;
  try {
    value = JSON.parse(payload.toString("utf8"));
  } catch (cause) {
    throw new GenkanError("frame-malformed", undefined, { cause });
  }
  if (!Check(Ready, value)) throw new GenkanError("frame-malformed");
  return value;
}

export function parseCode(payload: Buffer): ErrorCode {
  const text = payload.toString("latin1");
  if (!isErrorCode(text)) throw new GenkanError("frame-malformed");
  return text;
}

export function parseReason(payload: Buffer): EndReason {
  const text = payload.toString("latin1");
  if (!isEndReason(text)) throw new GenkanError("frame-malformed");
  return text;
}
