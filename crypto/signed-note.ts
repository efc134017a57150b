import { createPublicKey, hash, type KeyObject, sign, verify } from "node:crypto";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { emptyRoot, merkleHashBytes } from "./merkle.ts";

/**
 * Signed checkpoints of the log, as every transparency log writes them: C2SP signed-note and tlog-checkpoint.
 *
 * ```
 * <origin>\n
 * <size, decimal>\n
 * <root, base64>\n
 * \n
 * — <key name> <base64(key id (4), signature)>\n      one line or more; those of unknown keys are ignored
 * ```
 *
 * The signature covers the lines above the empty one. Key id: first 4 bytes of SHA-256(name, 0x0a, 0x01, public key).
 * The name of the log's key is its origin.
 */
export interface Checkpoint {
  readonly origin: string;
  /** Leaves of the tree. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** A key that checkpoints are verified with; its text form is `name+<key id, hex>+<base64(0x01, key)>`. */
export interface VerifierKey {
  readonly name: string;
  /** 4 bytes: which key, never a proof of it. */
  readonly id: Uint8Array;
  readonly publicKey: KeyObject;
}

/** A checkpoint that was read, its signatures not yet verified. */
export interface UnverifiedCheckpoint extends Checkpoint {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly { readonly name: string; readonly id: Uint8Array; readonly bytes: Uint8Array }[];
}

const ed25519 = 0x01;
const keyBytes = 32;
const keyIdBytes = 4;

/** Text of a verifier key. Throws `bad-request` for a name with spaces, plus or control characters, or another kind of key. */
export function formatVerifierKey(name: string, publicKey: KeyObject): string {
  if (!isKeyName(name)) throw new GenkanError("bad-request", "A key name has no spaces, plus or control characters.");
  const raw = rawKey(publicKey);
  const encoded = Buffer.concat([Buffer.of(ed25519), raw]).toString("base64");
  return `${name}+${keyId(name, raw).toString("hex")}+${encoded}`;
}

/** Reads what {@link formatVerifierKey} wrote; white space around it is a copy's. Throws `bad-request` for all else. */
export function parseVerifierKey(text: string): VerifierKey {
  // The name has no plus; base64 may have some.
  const match = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim());
  const name = match?.[1] ?? "";
  const encoded = decodeBase64(match?.[3] ?? "");
  const raw = encoded?.subarray(1);
  if (!isKeyName(name) || encoded?.[0] !== ed25519 || raw?.length !== keyBytes) {
    throw new GenkanError("bad-request", "A verifier key looks like name+0123abcd+base64, with an Ed25519 key.");
  }
  const id = keyId(name, raw);
  if (id.toString("hex") !== match?.[2]) throw new GenkanError("bad-request", "The verifier key has a typing error.");
  const jwk = { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") };
  return { name, id, publicKey: createPublicKey({ key: jwk, format: "jwk" }) };
}

/** Signs a checkpoint with the log's Ed25519 key, under the origin as key name. Throws `bad-request` as above. */
export function signCheckpoint(checkpoint: Checkpoint, privateKey: KeyObject): string {
  const { origin, size, root } = checkpoint;
  if (!isKeyName(origin)) throw new GenkanError("bad-request", "An origin has no spaces, plus or control characters.");
  if (!Number.isSafeInteger(size) || size < 0 || root.length !== merkleHashBytes) {
    throw new GenkanError("internal", "A checkpoint has a size and a root of 32 bytes.");
  }
  const text = `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
  const signature = sign(null, Buffer.from(text), privateKey);
  const id = keyId(origin, rawKey(createPublicKey(privateKey)));
  return `${text}\n— ${origin} ${Buffer.concat([id, signature]).toString("base64")}\n`;
}

/**
 * Opens a checkpoint of the log that this key belongs to. Throws `checkpoint-malformed` for what does not follow the
 * layout, `checkpoint-refused` for another origin, no signature by this key, or one that does not hold.
 */
export function openCheckpoint(note: string, key: VerifierKey): Checkpoint {
  const { origin, size, root, ...signed } = parseCheckpoint(note);
  if (origin !== key.name) throw new GenkanError("checkpoint-refused", "It is of another log.");
  if (!isSignedBy(signed, key)) throw new GenkanError("checkpoint-refused", "Its signature does not hold.");
  return { origin, size, root };
}

/** Reads a checkpoint and trusts nothing in it. Throws `checkpoint-malformed`. */
export function parseCheckpoint(note: string): UnverifiedCheckpoint {
  const refuse = (detail: string) => new GenkanError("checkpoint-malformed", detail);
  if (Buffer.byteLength(note) > limits.checkpointBytes) throw refuse("It is too long.");
  // Names, digits and base64 are all that follows; each is checked, so no control character or broken text is left.
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) throw refuse("It has no signature.");
  const text = note.slice(0, end + 1);
  const signatures = note
    .slice(end + 2, -1)
    .split("\n")
    .map((line) => {
      const [dash, name = "", encoded = "", ...rest] = line.split(" ");
      const bytes = decodeBase64(encoded);
      if (dash !== "—" || rest.length > 0 || !isKeyName(name) || bytes === undefined || bytes.length <= keyIdBytes) {
        throw refuse("A signature line is malformed.");
      }
      return { name, id: bytes.subarray(0, keyIdBytes), bytes: bytes.subarray(keyIdBytes) };
    });
  // Extension lines are allowed by tlog-checkpoint; this log writes none, and nobody would audit them.
  const [origin = "", digits = "", encoded = "", ...extensions] = text.slice(0, -1).split("\n");
  const size = /^(?:0|[1-9][0-9]*)$/.test(digits) ? Number(digits) : Number.NaN;
  const root = decodeBase64(encoded);
  if (!isKeyName(origin) || extensions.length > 0) throw refuse("It has three lines: origin, size, root.");
  if (!Number.isSafeInteger(size)) throw refuse("Its size is no number.");
  if (root?.length !== merkleHashBytes) throw refuse("Its root is no SHA-256 in base64.");
  if (size === 0 && !root.equals(emptyRoot)) throw refuse("An empty tree has another root.");
  return { origin, size, root, text, signatures };
}

/** Whether a signature by this key stands on the note, and every one that claims to be by it holds. */
export function isSignedBy(note: Pick<UnverifiedCheckpoint, "text" | "signatures">, key: VerifierKey): boolean {
  const claimed = note.signatures.filter(({ name, id }) => name === key.name && Buffer.compare(id, key.id) === 0);
  const text = Buffer.from(note.text);
  return claimed.length > 0 && claimed.every(({ bytes }) => verify(null, text, key.publicKey, bytes));
}

function rawKey(publicKey: KeyObject): Buffer {
  if (publicKey.asymmetricKeyType !== "ed25519") throw new GenkanError("bad-request", "The log's key is Ed25519.");
  return Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
}

function keyId(name: string, raw: Uint8Array): Buffer {
  const key = Buffer.concat([Buffer.from(`${name}\n`), Buffer.of(ed25519), raw]);
  return hash("sha256", key, "buffer").subarray(0, keyIdBytes);
}

function isKeyName(name: string): boolean {
  return (
    name !== "" &&
    name.length <= limits.originCharacters &&
    name.isWellFormed() &&
    // Below U+0020, as signed-note says.
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    !/[\u0000-\u001f\p{White_Space}+]/u.test(name)
  );
}

/** Standard base64 with padding (RFC 4648, section 4); undefined unless it is the one encoding of its bytes. */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}
