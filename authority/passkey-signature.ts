import { Check } from "typebox/value";
import { verifyAssertion } from "../crypto/webauthn.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { SignedByPasskey } from "../protocol/statement.ts";
import { findPasskey, useAuthenticator } from "../store/authenticator.ts";
import type { Db } from "../store/database.ts";
import { authenticatorsInForce } from "./authenticator.ts";
import { type PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { faceOrigin, faceRp } from "./hosts.ts";

/** AuthenticationResponseJSON (WebAuthn Level 3, section 5.1), as far as it is read here. */
interface AssertionJson {
  readonly id?: unknown;
  readonly response?: {
    readonly authenticatorData?: unknown;
    readonly clientDataJSON?: unknown;
    readonly signature?: unknown;
  };
}

/**
 * Takes a browser's assertion over a statement and verifies it as an agent will: the caller's own passkey of this face,
 * user verified, whole origin, challenge = the statement's hash. `bytes` is what the signature keeps as its statement.
 * Throws `ceremony-invalid`.
 */
export async function signedByCaller(
  c: Context,
  db: Db,
  caller: PersonCaller,
  statement: { bytes: string; challenge: string },
  response: unknown,
): Promise<SignedByPasskey> {
  const { id, response: inner } = response as AssertionJson;
  const signed = {
    statement: statement.bytes,
    credential: id,
    authenticatorData: inner?.authenticatorData,
    clientDataJson: inner?.clientDataJSON,
    signature: inner?.signature,
  };
  if (!Check(SignedByPasskey, signed)) throw new GenkanError("ceremony-invalid");
  const passkey = await findPasskey(db, caller.scope, signed.credential);
  const rp = faceRp(c.hosts, caller.face);
  if (!passkey?.public_key || passkey.person !== caller.person.id || passkey.rp !== rp)
    throw new GenkanError("ceremony-invalid");
  if (passkey.expires_at <= c.now().toISOString())
    throw new GenkanError("ceremony-invalid", "This passkey has expired.");
  await useAuthenticator(db, passkey.id, c.now());
  verifyAssertion(
    signed,
    { challenge: statement.challenge, origin: faceOrigin(c.hosts, caller.face), rp, publicKey: passkey.public_key },
    "ceremony-invalid",
  );
  return signed;
}

/**
 * PublicKeyCredentialRequestOptionsJSON for the caller's own passkeys in force on this face. `among`: only these credentials would
 * count, so that nobody signs in vain with one that is in no list yet.
 */
export async function assertionOptions(
  c: Context,
  db: Db,
  caller: PersonCaller,
  challenge: string,
  among?: readonly string[],
): Promise<object> {
  const rp = faceRp(c.hosts, caller.face);
  const passkeys = await authenticatorsInForce(db, caller.scope, caller.person.id, c.now());
  return {
    challenge,
    rpId: rp,
    timeout: limits.ceremonyMs,
    userVerification: "required",
    allowCredentials: passkeys
      .filter(({ rp: of, credential }) => of === rp && credential !== null && (among?.includes(credential) ?? true))
      .map(({ credential, transports }) => ({
        id: credential,
        type: "public-key",
        transports: JSON.parse(transports ?? "[]") as string[],
      })),
  };
}
