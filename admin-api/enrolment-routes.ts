import type { Context } from "../authority/context.ts";
import { faceOrigin, faceRp } from "../authority/hosts.ts";
import { authenticatorsInForce, isEnrolled } from "../authority/register.ts";
import { proposeTrust } from "../authority/trust.ts";
import { hashPassword } from "../crypto/password.ts";
import { seal, unseal } from "../crypto/sealed.ts";
import { revealSecret } from "../crypto/secret.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import { EnrolmentBegin, EnrolmentPasskey, EnrolmentPassword } from "../protocol/api/enrolment.ts";
import { GenkanError } from "../protocol/error.ts";
import { type Face, faces } from "../protocol/face.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { findEnrolment, insertAuthenticator, useEnrolment, useTotpStep } from "../store/authenticator.ts";
import { type Ceremony, insertCeremony, useCeremony } from "../store/ceremony.ts";
import { findPerson, type Person } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Change } from "../store/store.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { faceOf, me, setSignInCookie, signIn } from "./signed-in.ts";
import { makeTotp, totpStep } from "./totp.ts";
import type { Turns } from "./turn.ts";
import { registrationOptions, verifyRegistration } from "./webauthn.ts";

/** Enrolment by a one-time link: an authenticator for a person who has none in force, and the first sign-in with it. */
export function enrolmentRoutes(c: Context, face: Face, scryptTurns: Turns): Endpoint[] {
  const system = Scope.system();

  /** The person of a link that is still good, on the face where they belong. */
  async function personOf(code: string): Promise<Person> {
    const id = await findEnrolment(c.store.db, system, sha256(code), c.now());
    const person = id === null ? null : await findPerson(c.store.db, system, id);
    if (!person || faceOf(person) !== face) throw new GenkanError("enrolment-invalid");
    return person;
  }

  /** Spends the ceremony first, whatever comes of it. */
  async function spend(ceremony: string, code: string): Promise<Ceremony> {
    const row = await c.store.change(({ db }) =>
      useCeremony(db, system, ceremony, { kind: "enrolment", face, boundTo: sha256(code), now: c.now() }),
    );
    if (!row) throw new GenkanError("ceremony-invalid");
    return row;
  }

  async function enrolled(change: Change, person: Person, code: string, kind: string): Promise<void> {
    // A link is for who has none in force: whoever holds another may not add theirs beside it.
    if (await isEnrolled(change.db, person.id, c.now())) throw new GenkanError("enrolment-invalid");
    if (!(await useEnrolment(change.db, system, sha256(code), c.now()))) throw new GenkanError("enrolment-invalid");
    await change.audit({
      at: c.now(),
      action: "authenticator.enrol",
      outcome: "done",
      actor: person,
      site: person.site?.id ?? null,
      vendor: person.vendor?.id ?? null,
      facts: { kind, face },
    });
  }

  const validity = () => {
    const now = c.now();
    return {
      created_at: now.toISOString(),
      expires_at: new Date(now.getTime() + limits.authenticatorMs).toISOString(),
    };
  };

  return [
    endpoint({
      method: "POST",
      url: "/api/enrolment/begin",
      faces,
      permission: "public",
      audit: "enrolment.begin",
      body: EnrolmentBegin.body,
      reply: EnrolmentBegin.reply,
      handle: async ({ body }) => {
        const person = await personOf(body.code);
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
          insertCeremony(db, system, {
            kind: "enrolment",
            face,
            person: person.id,
            bound_to: sha256(body.code),
            challenge: options.challenge,
            data: totp ? seal(c.keys.data, "ceremony:totp", totp.secret) : "",
            now: c.now(),
          }),
        );
        return {
          person: { id: person.id, name: person.name },
          roles: person.roles,
          login: person.login,
          ceremony,
          options: { ...options },
          totp,
        };
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/enrolment/passkey",
      faces,
      permission: "public",
      audit: "enrolment.passkey",
      body: EnrolmentPasskey.body,
      reply: EnrolmentPasskey.reply,
      handle: async ({ body, reply }) => {
        const person = await personOf(body.code);
        const ceremony = await spend(body.ceremony, body.code);
        const credential = await verifyRegistration(c, face, ceremony.challenge, body.response);
        const signedIn = await c.store.change(async (change) => {
          await enrolled(change, person, body.code, "passkey");
          await insertAuthenticator(change.db, system, {
            person: person.id,
            kind: "passkey",
            rp: faceRp(c.hosts, face),
            origin: faceOrigin(c.hosts, face),
            credential: credential.id,
            public_key: Buffer.from(credential.publicKey).toString("base64url"),
            transports: JSON.stringify(credential.transports ?? []),
            label: body.label,
            password_hash: null,
            totp_sealed: null,
            totp_step: null,
            ...validity(),
          });
          if (person.roles.includes("approver") && person.site) await proposeTrust(change, person.site.id, c.now());
          return signIn(c, change, { person, face, factors: ["passkey"] });
        });
        c.agents.proposeTrust();
        setSignInCookie(reply, signedIn.token);
        return me(c, person, signedIn.id);
      },
    }),

    endpoint({
      method: "POST",
      url: "/api/enrolment/password",
      faces: ["portal"],
      permission: "public",
      audit: "enrolment.password",
      body: EnrolmentPassword.body,
      reply: EnrolmentPassword.reply,
      handle: async ({ body, reply, request }) => {
        const person = await personOf(body.code);
        // Told before anything is spent: a person who mistypes a password need not ask for a new link.
        if (Array.from(body.password).length < limits.passwordCharacters) throw new GenkanError("password-too-short");
        const ceremony = await spend(body.ceremony, body.code);
        const secret = revealSecret(unseal(c.keys.data, "ceremony:totp", ceremony.data));
        const step = await totpStep(body.totp, secret, null, c.now());
        const password_hash = await scryptTurns.run(() => hashPassword(body.password), networkOf(request.ip));
        const signedIn = await c.store.change(async (change) => {
          await enrolled(change, person, body.code, "password-totp");
          const authenticator = await insertAuthenticator(change.db, system, {
            person: person.id,
            kind: "password-totp",
            rp: null,
            origin: null,
            credential: null,
            public_key: null,
            transports: null,
            label: "TOTP",
            password_hash,
            totp_sealed: seal(c.keys.data, "authenticator:totp", secret),
            totp_step: null,
            ...validity(),
          });
          await useTotpStep(change.db, system, authenticator, step);
          return signIn(c, change, { person, face, factors: ["password", "totp"] });
        });
        setSignInCookie(reply, signedIn.token);
        return me(c, person, signedIn.id);
      },
    }),
  ];
}
