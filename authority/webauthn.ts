import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  type RegistrationResponseJSON,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from "@simplewebauthn/server";
import { Check } from "typebox/value";
import { readCoseKey } from "../crypto/cose.ts";
import { ApproverKey } from "../protocol/approvers.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import type { Authenticator } from "../store/authenticator.ts";
import type { Person } from "../store/person.ts";
import type { Context } from "./context.ts";
import { faceOrigin, faceRp } from "./hosts.ts";

/** ES256, EdDSA, RS256: what the agents verify offline. */
const algorithms = [-7, -8, -257];

/**
 * `handle` tells apart what an authenticator holds of one person: with the same it would put the new passkey in the place of the old,
 * which may still have to sign. At most 64 bytes (WebAuthn Level 3, section 5.4.3).
 */
export function registrationOptions(
  c: Context,
  face: Face,
  person: Person,
  known: readonly string[],
  handle: string = person.id,
) {
  return generateRegistrationOptions({
    rpName: "Genkan",
    rpID: faceRp(c.hosts, face),
    userName: person.login,
    userDisplayName: person.name,
    userID: new Uint8Array(Buffer.from(handle)),
    timeout: limits.ceremonyMs,
    attestationType: "none",
    excludeCredentials: known.map((id) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
    supportedAlgorithmIDs: algorithms,
  });
}

/**
 * Throws `ceremony-invalid` unless the new passkey answers this challenge on this face, with its user verified, and
 * agents can read its id and its key: a site's list of approvers may come to hold both.
 */
export async function verifyRegistration(c: Context, face: Face, challenge: string, response: unknown) {
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: faceOrigin(c.hosts, face),
      expectedRPID: faceRp(c.hosts, face),
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified || !registrationInfo) throw new GenkanError("ceremony-invalid");
    const { aaguid, credential } = registrationInfo;
    if (!Check(ApproverKey.properties.credential, credential.id))
      throw new GenkanError("ceremony-invalid", "The passkey's id is longer than agents read.");
    readCoseKey(credential.publicKey);
    return { ...credential, aaguid };
  } catch (cause) {
    if (cause instanceof GenkanError) throw cause;
    throw new GenkanError("ceremony-invalid", undefined, { cause });
  }
}

/** No list of credentials: the authenticator offers what it has, and nobody's name can be probed. */
export function signInOptions(c: Context, face: Face) {
  return generateAuthenticationOptions({
    rpID: faceRp(c.hosts, face),
    timeout: limits.ceremonyMs,
    userVerification: "required",
  });
}

/** Throws `sign-in-failed` unless this passkey answers this challenge on this face, with its user verified. */
export async function verifySignIn(
  c: Context,
  face: Face,
  challenge: string,
  passkey: Authenticator,
  response: unknown,
): Promise<void> {
  const { credential, public_key } = passkey;
  if (credential === null || public_key === null) throw new GenkanError("sign-in-failed");
  try {
    const { verified } = await verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: faceOrigin(c.hosts, face),
      expectedRPID: faceRp(c.hosts, face),
      requireUserVerification: true,
      // Counters of synced passkeys stay 0 and tell nothing; the ceremony's single use is what stops a replay.
      credential: { id: credential, publicKey: new Uint8Array(Buffer.from(public_key, "base64url")), counter: 0 },
    });
    if (!verified) throw new GenkanError("sign-in-failed");
  } catch (cause) {
    if (cause instanceof GenkanError) throw cause;
    throw new GenkanError("sign-in-failed", undefined, { cause });
  }
}
