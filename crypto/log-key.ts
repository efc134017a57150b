import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { formatVerifierKey } from "./signed-note.ts";

/** The key that signs a log's checkpoints. */
export interface LogKey {
  /** Name of the log, for good. */
  readonly origin: string;
  readonly privateKey: KeyObject;
  /** What whoever verifies an export brings along (C2SP signed-note). */
  readonly verifierKey: string;
}

/** A new one, as PKCS #8 in PEM. A secret. */
export function makeLogKey(): string {
  return generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/** The key of {@link makeLogKey}'s PEM, for the log of this name. */
export function readLogKey(origin: string, pem: string): LogKey {
  const privateKey = createPrivateKey(pem);
  return { origin, privateKey, verifierKey: formatVerifierKey(origin, createPublicKey(privateKey)) };
}
