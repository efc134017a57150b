import type { Static } from "typebox";
import { seal, unseal } from "../crypto/at-rest.ts";
import { hashPassword } from "../crypto/password.ts";
import { revealSecret } from "../crypto/secret.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import type { EnrolmentBegin, EnrolmentPasskey, EnrolmentPassword } from "../protocol/api/enrolment.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { useAuthenticator } from "../store/authenticator.ts";
import { type Ceremony, insertCeremony, useCeremony } from "../store/ceremony.ts";
import { findEnrolment, useEnrolment } from "../store/enrolment.ts";
import { findPerson, findPersonByLogin, type Person, placesOf } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Change, Store } from "../store/store.ts";
import { addPasskey, addPassword, authenticatorsInForce, isEnrolled } from "./authenticator.ts";
import { host } from "./caller.ts";
import type { Context } from "./context.ts";
import type { Hosts } from "./hosts.ts";
import { belongsNowhere, giveLink } from "./one-time-link.ts";
import { recordOf } from "./person-record.ts";
import { faceOf, type InTurn, type SignedIn, signIn } from "./sign-in.ts";
import { makeTotp, totpStep } from "./totp.ts";
import { proposeTrust } from "./trust.ts";
import { registrationOptions, verifyRegistration } from "./webauthn.ts";

/**
 * A one-time link with which a person enrols an authenticator; null when there is one in force. Throws `not-found` when
 * nobody has this login, `state-conflict` when they belong nowhere any more.
 */
export async function enrolmentLink(
  store: Store,
  hosts: Hosts,
  login: string,
  at: Date,
): Promise<{ url: string; person: Id<"person">; name: string; expiresAt: string } | null> {
  const system = Scope.system();
  const person = await findPersonByLogin(store.db, system, login, at);
  if (!person) throw new GenkanError("not-found", `Nobody signs in as ${login}.`);
  const face = faceOf(person);
  if (face === null) throw belongsNowhere(login);
  const link = await store.change(async (change) =>
    (await isEnrolled(change.db, person.id, at)) ? null : giveLink(change, hosts, { person, face }, at, host),
  );
  return link && { url: link.url, person: person.id, name: person.name, expiresAt: link.expiresAt };
}

/** What a person who opens a link is offered: a passkey, and for technicians a password with TOTP instead. */
export async function beginEnrolment(
  c: Context,
  face: Face,
  code: string,
): Promise<Static<typeof EnrolmentBegin.reply>> {
  const system = Scope.system();
  const { person, link } = await linkedPerson(c, face, code);
  // Those that have expired are not named: on a device that holds one the browser would make no new one.
  const known = await authenticatorsInForce(c.store.db, system, person.id, c.now());
  const options = await registrationOptions(
    c,
    face,
    person,
    known.flatMap(({ credential }) => credential ?? []),
  );
  // Password and TOTP are for technicians only: whoever approves or cuts has a passkey.
  const totp = face === "portal" ? makeTotp(person.login) : null;
  const ceremony = await c.store.change(({ db }) =>
    insertCeremony(db, {
      kind: "enrolment",
      face,
      person: person.id,
      bound_to: sha256(code),
      challenge: options.challenge,
      data: totp ? seal(c.keys.data, "ceremony:totp", totp.secret) : "",
      now: c.now(),
    }),
  );
  return {
    person: { id: person.id, name: person.name },
    roles: [...new Set(person.memberships.flatMap(({ roles }) => roles))],
    login: person.login,
    ceremony,
    options: { ...options },
    totp,
    recovery: link.reason === null ? null : { by: link.by, reason: link.reason },
  };
}

/** A passkey by a link, and the first sign-in with it. An approver's key is proposed to the agents of the site. */
export async function enrolPasskey(
  c: Context,
  face: Face,
  body: Static<typeof EnrolmentPasskey.body>,
  network: string,
): Promise<SignedIn> {
  const { person } = await linkedPerson(c, face, body.code);
  const ceremony = await spend(c, face, body.ceremony, body.code);
  const credential = await verifyRegistration(c, face, ceremony.challenge, body.response);
  const signedIn = await c.store.change(async (change) => {
    await spendLink(c, change, person, face, body.code, "passkey");
    const made = await addPasskey(c, change.db, { person, face, credential, label: body.label });
    await useAuthenticator(change.db, made, c.now());
    for (const { site } of placesOf(person)) if (site !== null) await proposeTrust(change, site, c.now());
    return signIn(c, change, { person, face, factors: ["passkey"], network });
  });
  c.agents.proposeTrust();
  return signedIn;
}

/** A password with TOTP by a link, and the first sign-in with both. Throws `password-too-short`, `totp-invalid`. */
export async function enrolPassword(
  c: Context,
  face: Face,
  body: Static<typeof EnrolmentPassword.body>,
  network: string,
  inTurn: InTurn,
): Promise<SignedIn> {
  const { person } = await linkedPerson(c, face, body.code);
  // Told before anything is spent: a person who mistypes a password need not ask for a new link.
  if (Array.from(body.password).length < limits.passwordCharacters) throw new GenkanError("password-too-short");
  const ceremony = await spend(c, face, body.ceremony, body.code);
  const secret = revealSecret(unseal(c.keys.data, "ceremony:totp", ceremony.data));
  const step = await totpStep(body.totp, secret, null, c.now());
  const hash = await inTurn(() => hashPassword(body.password));
  return c.store.change(async (change) => {
    await spendLink(c, change, person, face, body.code, "password-totp");
    await addPassword(c, change.db, { person, hash, secret, step });
    return signIn(c, change, { person, face, factors: ["password", "totp"], network });
  });
}

/** The person of a link that is still good, on the face where they belong. */
async function linkedPerson(c: Context, face: Face, code: string) {
  const link = await findEnrolment(c.store.db, sha256(code), c.now());
  const person = link && (await findPerson(c.store.db, Scope.system(), link.person, c.now()));
  if (!person || faceOf(person) !== face) throw new GenkanError("enrolment-invalid");
  return { person, link };
}

/** Spends the ceremony first, whatever comes of it. */
async function spend(c: Context, face: Face, ceremony: Id<"ceremony">, code: string): Promise<Ceremony> {
  const row = await c.store.change(({ db }) =>
    useCeremony(db, ceremony, { kind: "enrolment", face, boundTo: sha256(code), now: c.now() }),
  );
  if (!row) throw new GenkanError("ceremony-invalid");
  return row;
}

/** Spends the link, which is for a person who has no authenticator in force. Throws `enrolment-invalid`. */
async function spendLink(
  c: Context,
  change: Change,
  person: Person,
  face: Face,
  code: string,
  kind: string,
): Promise<void> {
  // Whoever holds another link may not add their authenticator beside the person's own.
  if (await isEnrolled(change.db, person.id, c.now())) throw new GenkanError("enrolment-invalid");
  if (!(await useEnrolment(change.db, sha256(code), c.now()))) throw new GenkanError("enrolment-invalid");
  await recordOf(change, person, {
    at: c.now(),
    action: "authenticator.enrol",
    outcome: "done",
    actor: personActor(person),
    subjects: { person: person.id },
    facts: { kind, face },
  });
}
