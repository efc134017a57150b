import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { statementHash } from "../crypto/statement.ts";
import type { SignedByPasskey, StatementType } from "../protocol/statement.ts";

export type PasskeyAlgorithm = "ES256" | "EdDSA" | "RS256";

/** Deviations from what an honest authenticator and browser would say. */
export interface Deviation {
  readonly type?: string;
  readonly origin?: string;
  readonly rp?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly userPresent?: boolean;
  readonly userVerified?: boolean;
  readonly attested?: boolean;
  readonly counter?: number;
  /** Appended to the authenticator data. */
  readonly trailing?: Uint8Array;
  /** Sets the flag that says that extensions follow. */
  readonly extensions?: boolean;
  /** Registers this credential id, or this COSE_Key, in place of its own. */
  readonly credential?: Uint8Array;
  readonly publicKey?: Uint8Array;
}

export type Assertion = Omit<SignedByPasskey, "statement" | "credential">;

/** A software authenticator together with the browser in front of it, for one relying party and origin. */
export class Passkey {
  readonly rp: string;
  readonly origin: string;
  readonly algorithm: PasskeyAlgorithm;
  /** Credential id, base64url. */
  readonly credential = randomBytes(16).toString("base64url");
  /** COSE_Key, base64url. */
  readonly publicKeyCose: string;
  readonly #privateKey: KeyObject;

  constructor(rp: string, origin: string, algorithm: PasskeyAlgorithm = "ES256") {
    this.rp = rp;
    this.origin = origin;
    this.algorithm = algorithm;
    const { privateKey, publicKey } = keyPair(algorithm);
    this.#privateKey = privateKey;
    this.publicKeyCose = cose(algorithm, publicKey).toString("base64url");
  }

  /** An assertion over `challenge` (base64url). */
  sign(challenge: string, deviation: Deviation = {}): Assertion {
    const { crossOrigin, topOrigin } = deviation;
    const client = Buffer.from(
      JSON.stringify({
        type: deviation.type ?? "webauthn.get",
        challenge,
        origin: deviation.origin ?? this.origin,
        crossOrigin: crossOrigin ?? false,
        ...(topOrigin === undefined ? {} : { topOrigin }),
      }),
    );
    const flags =
      ((deviation.userPresent ?? true) ? 0x01 : 0) |
      ((deviation.userVerified ?? true) ? 0x04 : 0) |
      (deviation.attested ? 0x40 : 0) |
      (deviation.extensions ? 0x80 : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(deviation.counter ?? 0);
    const rpIdHash = createHash("sha256")
      .update(deviation.rp ?? this.rp)
      .digest();
    const data = Buffer.concat([rpIdHash, Buffer.of(flags), counter, deviation.trailing ?? Buffer.alloc(0)]);
    return this.assertionOver(data, client);
  }

  /** A new credential for `challenge` (base64url), without attestation, as `navigator.credentials.create` hands it over. */
  register(challenge: string, deviation: Deviation = {}) {
    const client = { type: deviation.type ?? "webauthn.create", challenge, origin: deviation.origin ?? this.origin };
    const flags = 0x40 | ((deviation.userPresent ?? true) ? 0x01 : 0) | ((deviation.userVerified ?? true) ? 0x04 : 0);
    const id = Buffer.from(deviation.credential ?? Buffer.from(this.credential, "base64url"));
    const authenticatorData = Buffer.concat([
      createHash("sha256")
        .update(deviation.rp ?? this.rp)
        .digest(),
      Buffer.of(flags, 0, 0, 0, 0),
      Buffer.alloc(16),
      Buffer.of(id.length >> 8, id.length & 0xff),
      id,
      deviation.publicKey ?? Buffer.from(this.publicKeyCose, "base64url"),
    ]);
    const text = (name: string) => Buffer.concat([cborHead(3, name.length), Buffer.from(name)]);
    const attestation = [text("fmt"), text("none"), text("attStmt"), cborHead(5, 0), text("authData")];
    return {
      id: id.toString("base64url"),
      rawId: id.toString("base64url"),
      type: "public-key",
      clientExtensionResults: {},
      response: {
        clientDataJSON: Buffer.from(JSON.stringify({ ...client, crossOrigin: false })).toString("base64url"),
        attestationObject: Buffer.concat([cborHead(5, 3), ...attestation, cbor(authenticatorData)]).toString(
          "base64url",
        ),
        transports: ["internal"],
      },
    };
  }

  /** Signs any authenticator data and client data, honest or not. */
  assertionOver(authenticatorData: Uint8Array, clientDataJson: Uint8Array): Assertion {
    const message = Buffer.concat([authenticatorData, createHash("sha256").update(clientDataJson).digest()]);
    const signature = sign(this.algorithm === "EdDSA" ? null : "sha256", message, this.#privateKey);
    return {
      authenticatorData: Buffer.from(authenticatorData).toString("base64url"),
      clientDataJson: Buffer.from(clientDataJson).toString("base64url"),
      signature: signature.toString("base64url"),
    };
  }

  /** A statement's exact bytes, signed as Genkan's pages have them signed. */
  signStatement(type: StatementType, bytes: Uint8Array, deviation: Deviation = {}): SignedByPasskey {
    return {
      statement: Buffer.from(bytes).toString("base64url"),
      credential: this.credential,
      ...this.sign(statementHash(type, bytes), deviation),
    };
  }
}

function keyPair(algorithm: PasskeyAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "EdDSA":
      return generateKeyPairSync("ed25519");
    case "RS256":
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
  }
}

function cose(algorithm: PasskeyAlgorithm, publicKey: KeyObject): Buffer {
  const jwk = publicKey.export({ format: "jwk" });
  const bytes = (name: "x" | "y" | "n" | "e") => Buffer.from(jwk[name] as string, "base64url");
  switch (algorithm) {
    case "ES256":
      return cborMap([1, 2], [3, -7], [-1, 1], [-2, bytes("x")], [-3, bytes("y")]);
    case "EdDSA":
      return cborMap([1, 1], [3, -8], [-1, 6], [-2, bytes("x")]);
    case "RS256":
      return cborMap([1, 3], [3, -257], [-1, bytes("n")], [-2, bytes("e")]);
  }
}

/** CBOR (RFC 8949) of a map of integers to integers and byte strings. */
export function cborMap(...entries: [number, number | Uint8Array][]): Buffer {
  return Buffer.concat([cborHead(5, entries.length), ...entries.flatMap(([name, value]) => [cbor(name), cbor(value)])]);
}

function cbor(value: number | Uint8Array): Buffer {
  if (typeof value !== "number") return Buffer.concat([cborHead(2, value.length), value]);
  return value < 0 ? cborHead(1, -1 - value) : cborHead(0, value);
}

function cborHead(major: number, argument: number): Buffer {
  const first = major << 5;
  if (argument < 24) return Buffer.of(first | argument);
  if (argument < 256) return Buffer.of(first | 24, argument);
  return Buffer.of(first | 25, argument >> 8, argument & 0xff);
}
