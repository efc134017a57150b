import type { Static } from "typebox";
import { unseal } from "../crypto/at-rest.ts";
import { verifyPassword } from "../crypto/password.ts";
import { revealSecret } from "../crypto/secret.ts";
import type { Me } from "../protocol/api/me.ts";
import type { SignInBegin, SignInPasskey, SignInPassword } from "../protocol/api/sign-in.ts";
import { personActor } from "../protocol/audit.ts";
import type { Token } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Face } from "../protocol/face.ts";
import type { Factor } from "../protocol/factor.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { findPasskey, listAuthenticators, useAuthenticator, useTotpStep } from "../store/authenticator.ts";
import { findCeremony, insertCeremony, useCeremony } from "../store/ceremony.ts";
import { membershipView } from "../store/membership.ts";
import { findPerson, findPersonByLogin, type Person, vendorOf } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { liveSessions } from "../store/session.ts";
import { endSignIn, findSignInById, hasSignedInFrom } from "../store/sign-in.ts";
import type { Change } from "../store/store.ts";
import { findWorkstation } from "../store/workstation.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { locksOn } from "./not-locked.ts";
import { recordOf } from "./person-record.ts";
import { endSessions } from "./session-end.ts";
import { issueSignIn } from "./sign-in-token.ts";
import { totpStep } from "./totp.ts";
import { signInOptions, verifySignIn } from "./webauthn.ts";

/** A browser's sign-in as it was made; the token is its cookie, and a secret. */
export interface SignedIn {
  readonly id: Id<"signIn">;
  readonly token: Token;
  readonly person: Person;
}

/** Runs work that anybody may ask for and that costs much memory, when it is its turn. Throws `too-many`. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

/** For how long nobody need touch a face before its sign-in ends. */
export const idleMsOf = (face: Face): number => (face === "staff" ? limits.staffIdleMs : limits.signInIdleMs);

/** Vendors' people live on the portal, the hospital's own on the staff host; whoever belongs nowhere any more has no place. */
export function faceOf(person: Person): Face | null {
  if (person.memberships.length === 0) return null;
  return vendorOf(person) === null ? "staff" : "portal";
}

/**
 * Issues a browser's sign-in; the caller has proven the factors. The one place that makes one for a browser, and it refuses fewer
 * than two factors (D5) and anything but a passkey for staff.
 */
export async function signIn(
  c: Context,
  change: Change,
  of: { person: Person; face: Face; factors: readonly Factor[]; network: string },
): Promise<SignedIn> {
  const { person, face, factors } = of;
  const enough = factors.includes("passkey") || (factors.includes("password") && factors.includes("totp"));
  // Read again: somebody may be disabled while a password is verified.
  const still = await findPerson(change.db, Scope.system(), person.id, c.now());
  if (!enough || !still?.active || faceOf(still) !== face || (face === "staff" && !factors.includes("passkey")))
    throw new GenkanError("sign-in-failed");
  return { ...(await issueSignIn(change, { ...of, terminal: null }, c.now())), person };
}

/** Begins a sign-in by passkey: whoever it is, the ceremony is the same. It waits to be written with others of its network. */
export async function beginSignIn(c: Context, face: Face, network: string): Promise<Static<typeof SignInBegin.reply>> {
  const options = await signInOptions(c, face);
  const ceremony = await c.store.change(
    ({ db }) =>
      insertCeremony(db, {
        kind: "sign-in",
        face,
        person: null,
        bound_to: null,
        challenge: options.challenge,
        data: "",
        now: c.now(),
      }),
    { lane: "usual", by: network },
  );
  return { ceremony, options: { ...options } };
}

/** Throws `ceremony-invalid` for a ceremony that is used, expired or another's, else `sign-in-failed`. */
export async function signInByPasskey(
  c: Context,
  face: Face,
  body: Static<typeof SignInPasskey.body>,
  network: string,
): Promise<SignedIn> {
  const begun = { kind: "sign-in", face, boundTo: null, now: c.now() } as const;
  // Looked at before anything is written: anybody may guess, and writers queue.
  const ceremony = await findCeremony(c.store.db, body.ceremony, begun);
  if (!ceremony || ceremony.used_at !== null) throw new GenkanError("ceremony-invalid");
  const person = await ownerOf(c, face, ceremony.challenge, body.response).catch(async (error: unknown) => {
    // Good for one answer, right or wrong.
    await c.store.change(({ db }) => useCeremony(db, ceremony.id, begun), { lane: "usual", by: network });
    throw error;
  });
  return c.store.change(
    async (change) => {
      // WebAuthn itself accepts a replayed assertion; this is what makes it single use.
      if (!(await useCeremony(change.db, ceremony.id, begun))) throw new GenkanError("ceremony-invalid");
      // Nor is it good for anything when it was removed while it signed.
      const { id } = body.response as { id: string };
      const passkey = await findPasskey(change.db, Scope.system(), id);
      if (!passkey) throw new GenkanError("sign-in-failed");
      await useAuthenticator(change.db, passkey.id, c.now());
      return signIn(c, change, { person, face, factors: ["passkey"], network });
    },
    { lane: "entry", by: person.id },
  );
}

/** Whose passkey answered the challenge. Throws `sign-in-failed`. */
async function ownerOf(c: Context, face: Face, challenge: string, response: unknown): Promise<Person> {
  const system = Scope.system();
  const { id } = response as { id?: unknown };
  const passkey = typeof id === "string" ? await findPasskey(c.store.db, system, id) : null;
  if (!passkey || passkey.expires_at <= c.now().toISOString()) throw new GenkanError("sign-in-failed");
  await verifySignIn(c, face, challenge, passkey, response);
  const person = await findPerson(c.store.db, system, passkey.person, c.now());
  if (!person) throw new GenkanError("sign-in-failed");
  return person;
}

/** Whether the account's owner has signed in from this network before; false for an account that nobody has. */
export async function isKnownNetwork(c: Context, login: string, network: string): Promise<boolean> {
  const person = await findPersonByLogin(c.store.db, Scope.system(), login, c.now());
  const since = new Date(c.now().getTime() - limits.knownNetworkMs);
  return person !== null && hasSignedInFrom(c.store.db, person.id, network, since);
}

/** Throws `sign-in-failed`: unknown account, wrong password and wrong code look alike, and take as long. */
export async function signInByPassword(
  c: Context,
  face: Face,
  body: Static<typeof SignInPassword.body>,
  network: string,
  inTurn: InTurn,
): Promise<SignedIn> {
  const person = await findPersonByLogin(c.store.db, Scope.system(), body.login, c.now());
  const { authenticator, step } = await passwordHolds(c, person, body, inTurn);
  if (!person) throw new GenkanError("sign-in-failed");
  return c.store.change(
    async (change) => {
      if (!(await useTotpStep(change.db, authenticator, step))) throw new GenkanError("sign-in-failed");
      await useAuthenticator(change.db, authenticator, c.now());
      return signIn(c, change, { person, face, factors: ["password", "totp"], network });
    },
    { lane: "entry", by: person.id },
  );
}

/**
 * Whose password and code these are: the authenticator, and the step that is to be used up with what they are good for. Takes as long
 * for nobody. Throws `sign-in-failed`.
 */
export async function passwordHolds(
  c: Context,
  person: Person | null,
  said: { password: string; totp: string },
  inTurn: InTurn,
): Promise<{ authenticator: Id<"authenticator">; step: number }> {
  const known = person ? await listAuthenticators(c.store.db, Scope.system(), person.id) : [];
  const authenticator = known.find(({ kind }) => kind === "password-totp");
  const hash = authenticator?.password_hash ?? null;
  const right = await inTurn(() => verifyPassword(said.password, hash));
  if (!right || !authenticator?.totp_sealed || authenticator.expires_at <= c.now().toISOString())
    throw new GenkanError("sign-in-failed");
  const secret = revealSecret(unseal(c.keys.data, "authenticator:totp", authenticator.totp_sealed));
  const used = authenticator.totp_step === null ? null : Number(authenticator.totp_step);
  const step = await totpStep(said.totp, secret, used, c.now()).catch(() => null);
  if (step === null) throw new GenkanError("sign-in-failed");
  return { authenticator: authenticator.id, step };
}

/** Ends a sign-in, and with it the sessions that were begun in it: whoever sits down next finds no device open. */
export async function signOut(c: Context, caller: PersonCaller): Promise<void> {
  await c.store.change(async (change) => {
    await endSignIn(change.db, caller.signIn.id, c.now());
    await recordOf(change, caller.person, {
      at: c.now(),
      action: "sign-out",
      outcome: "done",
      actor: personActor(caller.person),
      subjects: { signIn: caller.signIn.id },
    });
  });
  const begun = (await liveSessions(c.store.db, Scope.system())).filter(({ signIn }) => signIn === caller.signIn.id);
  if (begun.length === 0) return;
  await endSessions(
    c,
    begun.map(({ id }) => id),
    { reason: "ended-by-technician", by: caller.person, facts: { signedOut: true } },
  );
}

/** Who is signed in, as the pages show it. Throws `unauthenticated` when the sign-in is not there any more. */
export async function me(c: Context, person: Person, signInId: Id<"signIn">): Promise<Static<typeof Me>> {
  const row = await findSignInById(c.store.db, signInId);
  if (!row) throw new GenkanError("unauthenticated");
  const workstation =
    row.workstation === null ? null : await findWorkstation(c.store.db, Scope.system(), row.workstation);
  return {
    person: { id: person.id, name: person.name },
    face: row.face,
    memberships: person.memberships.map(membershipView),
    factors: JSON.parse(row.factors) as Factor[],
    signedInAt: row.created_at,
    expiresAt: row.expires_at,
    idleEndsAt: new Date(Date.parse(row.used_at) + idleMsOf(row.face)).toISOString(),
    enrolmentSubject: row.id,
    workstation: workstation && {
      id: workstation.id,
      label: workstation.label,
      thumbprints: workstation.thumbprints,
    },
    locks: await locksOn(c.store.db, person, workstation?.id ?? null),
    accessDomain: c.hosts.accessDomain,
    portalOrigin: c.hosts.portal,
    now: c.now().toISOString(),
  };
}
