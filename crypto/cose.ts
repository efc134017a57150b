import { createPublicKey, type KeyObject } from "node:crypto";
import { isSoundEd25519 } from "./ed25519-point.ts";

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

/**
 * What a key of each algorithm must be. Whatever its maker wrote elsewhere could be forged by anybody, or is too weak: an RSA
 * key with e = 1 verifies what nobody signed, and so does an Ed25519 key of small order.
 */
const parameters = {
  ES256: { kty: 2, alg: -7, crv: 1, coordinateBytes: 32 },
  EdDSA: { kty: 1, alg: -8, crv: 6, coordinateBytes: 32 },
  /** Bits of the modulus: NIST SP 800-131A; more only costs time. Exponent: what every authenticator makes (F4). */
  RS256: { kty: 3, alg: -257, modulusBits: { least: 2_048, most: 8_192 }, exponent: Buffer.from([1, 0, 1]) },
} as const;

/** `bytes` is the whole COSE_Key. Throws `RangeError` for another key type, algorithm or curve, or a malformed map. */
export function readCoseKey(bytes: Uint8Array): CoseKey {
  const map = readMap(bytes);
  const is = ({ kty, alg }: { kty: number; alg: number }) => map.get(label.kty) === kty && map.get(label.alg) === alg;
  if (is(parameters.ES256)) return readEc(map);
  if (is(parameters.EdDSA)) return readOkp(map);
  if (is(parameters.RS256)) return readRsa(map);
  const kind = `${String(map.get(label.kty))}/${String(map.get(label.alg))}`;
  throw new RangeError(`key type and algorithm ${kind} are not supported`);
}

function readEc(map: ReadonlyMap<number, Value>): CoseKey {
  const { crv, coordinateBytes: size } = parameters.ES256;
  expect(map, label.crv, crv);
  const [x, y] = [text(map, label.x, size), text(map, label.y, size)];
  // OpenSSL takes no point that is not on the curve; P-256 has no points of small order.
  return keyOf("ES256", { kty: "EC", crv: "P-256", x, y });
}

function readOkp(map: ReadonlyMap<number, Value>): CoseKey {
  const { crv, coordinateBytes: size } = parameters.EdDSA;
  expect(map, label.crv, crv);
  const x = text(map, label.x, size);
  if (!isSoundEd25519(Buffer.from(x, "base64url")))
    throw new RangeError("the point is of small order, or has another form");
  return keyOf("EdDSA", { kty: "OKP", crv: "Ed25519", x });
}

function readRsa(map: ReadonlyMap<number, Value>): CoseKey {
  const { modulusBits, exponent } = parameters.RS256;
  const n = Buffer.from(text(map, label.n, modulusBits.least / 8, modulusBits.most / 8), "base64url");
  const e = Buffer.from(text(map, label.e, exponent.length), "base64url");
  // The topmost bit is one, so that the modulus is as long as it looks; an even one is no product of two odd primes.
  if (((n[0] ?? 0) & 128) === 0 || ((n.at(-1) ?? 0) & 1) === 0)
    throw new RangeError("the modulus is too short, or even");
  if (!e.equals(exponent)) throw new RangeError("the exponent is not 65537");
  return keyOf("RS256", { kty: "RSA", n: n.toString("base64url"), e: e.toString("base64url") });
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
