import { randomBytes as nodeRandomBytes } from "node:crypto";
import type { Token } from "../protocol/brand.ts";
import { type Id, type IdKind, idRandomBytes, makeId } from "../protocol/make-id.ts";

export function randomBytes(count: number): Uint8Array {
  return nodeRandomBytes(count);
}

/** A random secret of `bytes` bytes (32 unless told), base64url. */
export function randomToken(bytes = 32): Token {
  return nodeRandomBytes(bytes).toString("base64url") as Token;
}

export function newId<K extends IdKind>(kind: K): Id<K> {
  return makeId(kind, randomBytes(idRandomBytes));
}
