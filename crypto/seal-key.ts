import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject } from "node:crypto";
import { GenkanError } from "../protocol/error.ts";

/**
 * An X25519 key (RFC 7748) to which others seal what only its holder may read. An Ed25519 key signs; nothing can be
 * sealed to it.
 */
export interface SealKey {
  readonly privateKey: KeyObject;
  /** 32 bytes, base64url. */
  readonly publicKey: string;
}

export function createSealKey(): SealKey {
  return sealKeyOf(generateKeyPairSync("x25519").privateKey);
}

/** From PKCS #8 in PEM, as {@link exportSealKey} wrote it. Throws `bad-request` for another kind of key, and for none. */
export function importSealKey(pem: string): SealKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new GenkanError("bad-request", "It is no private key in PEM.", { cause });
  }
  if (privateKey.asymmetricKeyType !== "x25519") throw new GenkanError("bad-request", "It is no X25519 key.");
  return sealKeyOf(privateKey);
}

/** PKCS #8 in PEM. A secret: write it 0600 where it was made. */
export function exportSealKey({ privateKey }: SealKey): string {
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * Whether something can be sealed to this public key: 32 bytes in one form, and no point of low order, with which whoever
 * seals would share a secret that everybody knows (RFC 7748, section 6.1).
 */
export function canSealTo(publicKey: string): boolean {
  if (Buffer.from(publicKey, "base64url").toString("base64url") !== publicKey) return false;
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "X25519", x: publicKey }, format: "jwk" });
    diffieHellman({ privateKey: generateKeyPairSync("x25519").privateKey, publicKey: key });
    return true;
  } catch {
    return false;
  }
}

function sealKeyOf(privateKey: KeyObject): SealKey {
  const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
  return { privateKey, publicKey: x };
}
