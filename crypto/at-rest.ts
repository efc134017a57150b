import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { GenkanError } from "../protocol/error.ts";
import { Secret } from "./secret.ts";

/**
 * Secrets at rest: AES-256-GCM, a key of its own for each value (HKDF-SHA-256 over a random 32-byte salt), so that a nonce
 * can never repeat under one key; the purpose is authenticated, so a value moved to another place does not open.
 * Form: `v1.<salt>.<ciphertext and tag>`, base64url.
 */
export function seal(key: AtRestKey, purpose: string, value: string): string {
  const salt = randomBytes(32);
  const { cipherKey, nonce } = derive(key, salt);
  const cipher = createCipheriv("aes-256-gcm", cipherKey, nonce).setAAD(Buffer.from(purpose));
  const sealed = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return `v1.${salt.toString("base64url")}.${sealed.toString("base64url")}`;
}

/** Opens what {@link seal} closed; throws `internal` when key, purpose or bytes are not the same. */
export function unseal(key: AtRestKey, purpose: string, sealed: string): Secret {
  const [version, salt, body, ...more] = sealed.split(".");
  const bytes = Buffer.from(body ?? "", "base64url");
  if (version !== "v1" || !salt || bytes.length < 16 || more.length > 0)
    throw new GenkanError("internal", "A sealed value is malformed.");
  const { cipherKey, nonce } = derive(key, Buffer.from(salt, "base64url"));
  const decipher = createDecipheriv("aes-256-gcm", cipherKey, nonce).setAAD(Buffer.from(purpose));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return new Secret(Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]).toString("utf8"));
  } catch (cause) {
    throw new GenkanError("internal", "A sealed value does not open with this master key.", { cause });
  }
}

/** 32 bytes that seal others. */
export class AtRestKey {
  readonly #bytes: Buffer;
  private constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  /** From base64url; throws `bad-request` unless it is 32 bytes. */
  static parse(text: string): AtRestKey {
    const bytes = Buffer.from(text.trim(), "base64url");
    if (bytes.length !== 32) throw new GenkanError("bad-request", "A master key is 32 bytes in base64url.");
    return new AtRestKey(bytes);
  }
  static generate(): string {
    return randomBytes(32).toString("base64url");
  }
  derive(salt: Buffer, info: string, bytes: number): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#bytes, salt, info, bytes));
  }
}

function derive(key: AtRestKey, salt: Buffer): { cipherKey: Buffer; nonce: Buffer } {
  const material = key.derive(salt, "genkan/sealed/v1", 44);
  return { cipherKey: material.subarray(0, 32), nonce: material.subarray(32) };
}
