import type { Hash } from "../../protocol/brand.ts";
import type { StatementType } from "../../protocol/statement.ts";
import { toBase64Url } from "./bytes.ts";

/**
 * Hash of a statement: SHA-256(type, 0x00, exact bytes), base64url (`docs/protocol.md`, "Statements"). Computed by the
 * page itself, so that what is signed never rests on what a server says that it is.
 */
export async function statementDigest(type: StatementType, bytes: Uint8Array): Promise<Hash> {
  const head = new TextEncoder().encode(type);
  const whole = new Uint8Array(head.length + 1 + bytes.length);
  whole.set(head);
  whole.set(bytes, head.length + 1);
  return toBase64Url(new Uint8Array(await crypto.subtle.digest("SHA-256", whole))) as Hash;
}
