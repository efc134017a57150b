import { limits } from "../protocol/limits.ts";

/** What the first bytes of a connection say so far. `name` is null when a complete hello names no host. */
export type Hello = { readonly name: string | null } | "more" | "malformed";

/** Bytes of `view` from `offset` on are wanted but have not come yet, or never will in a valid hello. */
class Short extends Error {}
class Malformed extends Error {}

/**
 * Reads the server name of a TLS ClientHello that may span several records (RFC 8446, sections 4.1.2 and 5.1; RFC 6066,
 * section 3), as it has arrived so far:
 *
 * ```
 * record     type 22 (8) | version 3.x (16) | length (16, 1..16384) | fragment
 * handshake  type 1 (8) | length (24) | ClientHello
 * hello      version (16) | random (32 bytes) | session id <8> | suites <16> | compression <8> | extensions <16>
 * extension  type (16) | body <16>;  type 0: list <16> of: kind 0 (8) | name <16>
 * ```
 * `<n>` is a vector with a length of n bits before it. The name is returned in lower case, without a trailing dot.
 * "malformed" is said as soon as no further byte could make it valid, and for more than {@link limits.helloRecords} records.
 */
export function parseClientHello(bytes: Uint8Array): Hello {
  try {
    const message = handshakeMessage(bytes);
    return message ? { name: serverName(message) } : "more";
  } catch (error) {
    if (error instanceof Malformed || error instanceof Short) return "malformed";
    throw error;
  }
}

/** Puts the fragments together; undefined while the message is not whole. What follows it is not looked at. */
function handshakeMessage(bytes: Uint8Array): Cursor | undefined {
  const fragments: Uint8Array[] = [];
  let held = 0;
  let wanted = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] !== 22 || fragments.length === limits.helloRecords) throw new Malformed();
    if (at + 1 < bytes.length && bytes[at + 1] !== 3) throw new Malformed();
    if (at + 5 > bytes.length) return undefined;
    const length = new Cursor(bytes, at + 3).number(2);
    if (length === 0 || length > 16_384) throw new Malformed();
    const fragment = bytes.subarray(at + 5, at + 5 + length);
    if (held === 0 && fragment.length > 0 && fragment[0] !== 1) throw new Malformed();
    fragments.push(fragment);
    held += fragment.length;
    if (wanted === 0 && held >= 4) wanted = 4 + new Cursor(Buffer.concat(fragments), 1).number(3);
    if (wanted > 0 && held >= wanted) return new Cursor(Buffer.concat(fragments).subarray(4, wanted), 0);
    at += 5 + length;
  }
  return undefined;
}

function serverName(hello: Cursor): string | null {
  if (hello.number(2) >> 8 !== 3) throw new Malformed();
  hello.bytes(32);
  hello.vector(1);
  hello.vector(2);
  hello.vector(1);
  let name: string | null = null;
  const extensions = hello.vector(2);
  while (!extensions.done) {
    const type = extensions.number(2);
    const body = extensions.vector(2);
    if (type !== 0) continue;
    if (name !== null) throw new Malformed();
    const list = body.vector(2);
    // Only host_name exists, once; a list of several has no meaning that two parsers would agree on.
    if (list.number(1) !== 0) throw new Malformed();
    name = hostName(list.vector(2).rest());
    if (!list.done || !body.done) throw new Malformed();
  }
  if (!hello.done) throw new Malformed();
  return name;
}

const namePattern = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** A host name in lower case without a trailing dot; throws for what can't be one. */
function hostName(bytes: Uint8Array): string {
  const name = normaliseHost(Buffer.from(bytes).toString("latin1"));
  if (name === undefined) throw new Malformed();
  return name;
}

/** Lower case, no trailing dot; undefined for what is no host name. */
export function normaliseHost(text: string): string | undefined {
  const name = text.toLowerCase().replace(/\.$/, "");
  return namePattern.test(name) ? name : undefined;
}

class Cursor {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  number(width: 1 | 2 | 3): number {
    return this.bytes(width).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  bytes(count: number): Uint8Array {
    if (this.#at + count > this.#bytes.length) throw new Short();
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  vector(width: 1 | 2): Cursor {
    return new Cursor(this.bytes(this.number(width)), 0);
  }

  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#at);
  }
}
