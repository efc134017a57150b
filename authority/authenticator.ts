import { seal } from "../crypto/at-rest.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { type Authenticator, insertAuthenticator, listAuthenticators } from "../store/authenticator.ts";
import type { Db } from "../store/database.ts";
import type { Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Context } from "./context.ts";
import { faceOrigin, faceRp } from "./hosts.ts";
import type { verifyRegistration } from "./webauthn.ts";

/** Authenticators of a person that have not expired. */
export async function authenticatorsInForce(
  db: Db,
  scope: Scope,
  person: Id<"person">,
  at: Date,
): Promise<Authenticator[]> {
  return (await listAuthenticators(db, scope, person)).filter((row) => row.expires_at > at.toISOString());
}

/** Whether a person has an authenticator in force. Asked inside the change that would add one, or a link for one. */
export async function isEnrolled(db: Db, person: Id<"person">, at: Date): Promise<boolean> {
  return (await authenticatorsInForce(db, Scope.system(), person, at)).length > 0;
}

/** Keeps a passkey that a browser has just made at this face. */
export function addPasskey(
  c: Context,
  db: Db,
  { person, face, credential, label }: { person: Person; face: Face; credential: Credential; label: string },
): Promise<Id<"authenticator">> {
  return insertAuthenticator(db, {
    person: person.id,
    kind: "passkey",
    rp: faceRp(c.hosts, face),
    origin: faceOrigin(c.hosts, face),
    credential: credential.id,
    public_key: Buffer.from(credential.publicKey).toString("base64url"),
    transports: JSON.stringify(credential.transports ?? []),
    label,
    aaguid: credential.aaguid,
    password_hash: null,
    totp_sealed: null,
    totp_step: null,
    ...validity(c.now()),
  });
}
type Credential = Awaited<ReturnType<typeof verifyRegistration>>;

/** Keeps a password with an authenticator app, whose code of this step has just been shown and is good no more. */
export function addPassword(
  c: Context,
  db: Db,
  { person, hash, secret, step }: { person: Person; hash: string; secret: string; step: number },
): Promise<Id<"authenticator">> {
  return insertAuthenticator(db, {
    person: person.id,
    kind: "password-totp",
    rp: null,
    origin: null,
    credential: null,
    public_key: null,
    transports: null,
    label: "TOTP",
    password_hash: hash,
    totp_sealed: seal(c.keys.data, "authenticator:totp", secret),
    totp_step: step,
    ...validity(c.now()),
  });
}

const validity = (now: Date) => ({
  created_at: now.toISOString(),
  expires_at: new Date(now.getTime() + limits.authenticatorMs).toISOString(),
});
