import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Pin } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import { selfSignedCertificate } from "./certificate.ts";
import { pinOf } from "./thumbprint.ts";

/** What a program is on its own links: an Ed25519 key made where it runs, and a certificate that carries it in TLS. */
export interface ProgramKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** PEM. */
  readonly certificate: string;
  /** SHA-256 of the SubjectPublicKeyInfo, base64url: what others pin. */
  readonly pin: Pin;
}

export function createProgramKey(): ProgramKey {
  return programKeyOf(generateKeyPairSync("ed25519").privateKey);
}

/** From PKCS #8 in PEM, as {@link exportProgramKey} wrote it. Throws `bad-request` for another kind of key, and for none. */
export function importProgramKey(pem: string): ProgramKey {
  let privateKey: KeyObject;
  try {
    privateKey = createPrivateKey(pem);
  } catch (cause) {
    throw new GenkanError("bad-request", "It is no private key in PEM.", { cause });
  }
  if (privateKey.asymmetricKeyType !== "ed25519") throw new GenkanError("bad-request", "It is no Ed25519 key.");
  return programKeyOf(privateKey);
}

/** PKCS #8 in PEM. A secret: seal it (`crypto/at-rest.ts`) or write it 0600 where it was made. */
export function exportProgramKey(programKey: ProgramKey): string {
  return programKey.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

function programKeyOf(privateKey: KeyObject): ProgramKey {
  const publicKey = createPublicKey(privateKey);
  return {
    privateKey,
    publicKey,
    certificate: selfSignedCertificate(privateKey),
    pin: pinOf(publicKey),
  };
}
