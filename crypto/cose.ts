import { createPublicKey, type KeyObject } from "node:crypto";

/**
 * Reads the COSE_Key of a passkey (RFC 9052, section 7; RFC 9053; RFC 8230 for RSA): a CBOR map of integers to integers
 * and byte strings. Only that much CBOR is understood (RFC 8949), in its deterministic form, as CTAP2 demands: definite
 * lengths, shortest integers, no key twice, no byte left over. Everything else throws a `RangeError`.
 */
export type CoseAlgorithm = "ES256" | "EdDSA" | "RS256";

export interface CoseKey {
  readonly algorithm: CoseAlgorithm;
  readonly key: KeyObject;
}

const label = { kty: 1, alg: 3, crv: -1, x: -2, y: -3, n: -1, e: -2 } as const;

/** Below this an RSA key is refused (NIST SP 800-131A). */
const rsaModulusBytes = 256;

/** `bytes` is the whole COSE_Key. Throws `RangeError` for another key type, algorithm or curve, or a malformed map. */
export function readCoseKey(bytes: Uint8Array): CoseKey {
  const map = readMap(bytes);
  const kind = `${String(map.get(label.kty))}/${String(map.get(label.alg))}`;
  switch (kind) {
    case "2/-7":
      expect(map, label.crv, 1);
      return keyOf("ES256", { kty: "EC", crv: "P-256", x: text(map, label.x, 32), y: text(map, label.y, 32) });
    case "1/-8":
      expect(map, label.crv, 6);
      return keyOf("EdDSA", { kty: "OKP", crv: "Ed25519", x: text(map, label.x, 32) });
    case "3/-257":
      return keyOf("RS256", { kty: "RSA", n: text(map, label.n, rsaModulusBytes, 1_024), e: text(map, label.e, 1, 8) });
    default:
      throw new RangeError(`key type and algorithm ${kind} are not supported`);
  }
}

function keyOf(algorithm: CoseAlgorithm, jwk: Record<string, string>): CoseKey {
  try {
    return { algorithm, key: createPublicKey({ key: jwk, format: "jwk" }) };
  } catch (cause) {
    throw new RangeError("the key is not a valid public key", { cause });
  }
}

type Value = number | Uint8Array;

function expect(map: ReadonlyMap<number, Value>, name: number, value: number): void {
  if (map.get(name) !== value) throw new RangeError(`label ${name} must be ${value}`);
}

function text(map: ReadonlyMap<number, Value>, name: number, least: number, most = least): string {
  const value = map.get(name);
  if (!(value instanceof Uint8Array) || value.length < least || value.length > most) {
    throw new RangeError(`label ${name} must be ${least} to ${most} bytes`);
  }
  return Buffer.from(value).toString("base64url");
}

function readMap(bytes: Uint8Array): ReadonlyMap<number, Value> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;

  /** Initial byte: major type in three bits, argument in five (24: one more byte, 25: two). RFC 8949, section 3. */
  const head = (): { major: number; argument: number } => {
    const first = view.getUint8(at++);
    const major = first >> 5;
    const low = first & 31;
    if (low < 24) return { major, argument: low };
    if (low === 24) {
      const argument = view.getUint8(at++);
      if (argument < 24) throw new RangeError("integer is not in its shortest form");
      return { major, argument };
    }
    if (low === 25) {
      const argument = view.getUint16(at);
      at += 2;
      if (argument < 256) throw new RangeError("integer is not in its shortest form");
      return { major, argument };
    }
    throw new RangeError("length is indefinite or too large");
  };

  const value = (): Value => {
    const { major, argument } = head();
    if (major === 0) return argument;
    if (major === 1) return -1 - argument;
    if (major !== 2) throw new RangeError("only integers and byte strings may stand in a key");
    if (at + argument > bytes.length) throw new RangeError("byte string is cut short");
    at += argument;
    return bytes.subarray(at - argument, at);
  };

  const { major, argument: entries } = head();
  if (major !== 5) throw new RangeError("a key is a map");
  const map = new Map<number, Value>();
  for (let entry = 0; entry < entries; entry++) {
    const name = value();
    if (typeof name !== "number" || map.has(name)) throw new RangeError("labels are integers, each once");
    map.set(name, value());
  }
  if (at !== bytes.length) throw new RangeError("bytes follow the key");
  return map;
}
