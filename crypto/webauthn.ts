import { createHash, verify } from "node:crypto";
import { type ErrorCode, GenkanError } from "../protocol/error.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import { readCoseKey } from "./cose.ts";

/** What an assertion must say, and whose key must say it. */
export interface ExpectedAssertion {
  /** base64url; for a statement its `statementHash`. */
  readonly challenge: string;
  /** Compared whole: scheme, host and port. */
  readonly origin: string;
  /** rpID: the full host name. */
  readonly rp: string;
  /** COSE_Key, base64url. */
  readonly publicKey: string;
}

/** Authenticator data (Web Authentication Level 3, section 6.1): rpIdHash 32, flags 1, counter 4, then extensions. */
const headBytes = 37;
const flag = { userPresent: 0x01, userVerified: 0x04, attested: 0x40, extensions: 0x80 } as const;

/**
 * Verifies a WebAuthn assertion offline (Level 3, section 7.2) and throws `code` unless every part holds. User
 * verification is always required. Signature counters are ignored, for synced passkeys keep 0, and an assertion
 * verifies as often as it is shown: single use is the duty of whoever made the challenge.
 */
export function verifyAssertion(
  signed: Pick<SignedByPasskey, "authenticatorData" | "clientDataJson" | "signature">,
  expected: ExpectedAssertion,
  code: ErrorCode,
): void {
  const refuse = (detail: string, cause?: unknown): never => {
    throw new GenkanError(code, detail, { cause });
  };
  const clientData = Buffer.from(signed.clientDataJson, "base64url");
  const client = readClientData(clientData) ?? refuse("The client data is malformed.");
  if (client.type !== "webauthn.get") refuse("It is not an assertion.");
  if (client.challenge !== expected.challenge) refuse("It signs another challenge.");
  if (client.origin !== expected.origin) refuse("It was made on another origin.");
  // `undefined` is what older browsers send; any other value than `false` means that a foreign page framed ours.
  if (client.crossOrigin !== undefined && client.crossOrigin !== false) refuse("It was made in a foreign frame.");
  if (client.topOrigin !== undefined) refuse("It was made in a foreign frame.");

  const data = Buffer.from(signed.authenticatorData, "base64url");
  if (data.length < headBytes) refuse("The authenticator data is cut short.");
  const flags = data[32] as number;
  if (!data.subarray(0, 32).equals(createHash("sha256").update(expected.rp).digest())) {
    refuse("It was made for another relying party.");
  }
  if (!(flags & flag.userPresent)) refuse("Nobody was present.");
  if (!(flags & flag.userVerified)) refuse("The person was not verified.");
  if (flags & flag.attested) refuse("An assertion carries no credential data.");
  if (data.length > headBytes && !(flags & flag.extensions)) refuse("Bytes follow the authenticator data.");

  let holds = false;
  try {
    const { algorithm, key } = readCoseKey(Buffer.from(expected.publicKey, "base64url"));
    const message = Buffer.concat([data, createHash("sha256").update(clientData).digest()]);
    const digest = algorithm === "EdDSA" ? null : "sha256";
    holds = verify(digest, message, key, Buffer.from(signed.signature, "base64url"));
  } catch (cause) {
    refuse("The public key is malformed.", cause);
  }
  if (!holds) refuse("The signature does not hold.");
}

function readClientData(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Not JSON, or not UTF-8: no client data.
  }
  return undefined;
}
