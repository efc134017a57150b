import type { Static } from "typebox";
import { randomToken } from "../crypto/random.ts";
import type { PasskeyAdd, PasskeyBegin } from "../protocol/api/own-account.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { listAuthenticators, nameAuthenticator, removeAuthenticator, useTotpStep } from "../store/authenticator.ts";
import { insertCeremony, useCeremony } from "../store/ceremony.ts";
import { placesOf } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Change } from "../store/store.ts";
import { currentApprovers, inForce } from "./approvers.ts";
import { addPasskey, authenticatorsInForce } from "./authenticator.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";
import { assertionOptions, signedByCaller } from "./passkey-signature.ts";
import { recordOf } from "./person-record.ts";
import { type InTurn, passwordHolds } from "./sign-in.ts";
import { proposeTrust } from "./trust.ts";
import { registrationOptions, verifyRegistration } from "./webauthn.ts";

const system = Scope.system();

/**
 * Another passkey of the caller's. `renews`: the same authenticator may make it; the older one stays beside it, because it may still have to
 * sign the list of approvers that names the new one. Throws `not-found`, `denied`.
 */
export async function beginOwnPasskey(
  c: Context,
  caller: PersonCaller,
  renews: Id<"authenticator"> | null,
): Promise<Static<typeof PasskeyBegin.reply>> {
  const { person, face } = caller;
  return c.store.change(async ({ db }) => {
    await requireNotLocked(db, caller, null);
    const known = await authenticatorsInForce(db, system, person.id, c.now());
    const passkeys = known.filter(({ kind }) => kind === "passkey");
    if (renews !== null && !passkeys.some(({ id }) => id === renews)) throw new GenkanError("not-found");
    const others = passkeys.flatMap(({ id, credential }) => (id === renews ? [] : (credential ?? [])));
    const create = await registrationOptions(c, face, person, others, `${person.id}.${randomToken(12)}`);
    const ceremony = await insertCeremony(db, {
      kind: "account",
      face,
      person: person.id,
      bound_to: caller.signIn.id,
      challenge: create.challenge,
      data: JSON.stringify({ renews }),
      now: c.now(),
    });
    const prove = passkeys.length === 0 ? null : await assertionOptions(c, db, caller, create.challenge);
    return { ceremony, create: { options: { ...create } }, prove: prove && { options: { ...prove } } };
  });
}

/**
 * Keeps it, once its person has shown that it is they: by a passkey that they have, else by password and code. The lists of
 * approvers of their sites follow. Throws `ceremony-invalid`, `sign-in-failed`, `denied`.
 */
export async function addOwnPasskey(
  c: Context,
  caller: PersonCaller,
  body: Static<typeof PasskeyAdd>,
  inTurn: InTurn,
): Promise<void> {
  const { person, face } = caller;
  const now = c.now();
  const begun = { kind: "account", face, boundTo: caller.signIn.id, now } as const;
  const ceremony = await c.store.change(({ db }) => useCeremony(db, body.ceremony, begun));
  if (ceremony?.person !== person.id) throw new GenkanError("ceremony-invalid");
  const credential = await verifyRegistration(c, face, ceremony.challenge, body.response);
  const { proof } = body;
  const held = "password" in proof ? await passwordHolds(c, person, proof, inTurn) : null;
  await c.store.change(async (change) => {
    const { db } = change;
    await requireNotLocked(db, caller, null);
    const passkeys = (await listAuthenticators(db, system, person.id)).filter(({ kind }) => kind === "passkey");
    if ("response" in proof)
      await signedByCaller(c, db, caller, { bytes: ceremony.challenge, challenge: ceremony.challenge }, proof.response);
    // Who has a passkey shows that, and nothing weaker.
    else if (!held || passkeys.length > 0 || !(await useTotpStep(db, held.authenticator, held.step)))
      throw new GenkanError("sign-in-failed");
    if (passkeys.length >= limits.passkeysPerPerson) throw new GenkanError("too-many");
    const id = await addPasskey(c, db, { person, face, credential, label: body.label });
    const { renews } = JSON.parse(ceremony.data) as { renews: string | null };
    await recordOf(change, caller.person, {
      ...ofPasskey(c, caller, id),
      action: "passkey.add",
      facts: { credential: credential.id, renews },
    });
    await follow(c, change, caller);
  });
  c.agents.proposeTrust();
}

/** Says what it is called. Throws `not-found`. */
export async function nameOwnPasskey(
  c: Context,
  caller: PersonCaller,
  id: Id<"authenticator">,
  label: string,
): Promise<void> {
  await c.store.change(async (change) => {
    await ownPasskeys(change, caller, id);
    await nameAuthenticator(change.db, id, label);
    await recordOf(change, caller.person, {
      ...ofPasskey(c, caller, id),
      action: "passkey.name",
      facts: { label },
    });
    await follow(c, change, caller);
  });
}

/**
 * Takes one of the caller's passkeys away. Throws `not-found`, and `state-conflict` for the last one in force, and for one without which
 * nobody could sign the list of approvers that is to follow the one in force.
 */
export async function removeOwnPasskey(c: Context, caller: PersonCaller, id: Id<"authenticator">): Promise<void> {
  const now = c.now();
  await c.store.urgent(async (change) => {
    const { db } = change;
    const passkey = await ownPasskeys(change, caller, id);
    const left = (await authenticatorsInForce(db, system, caller.person.id, now)).filter((one) => one.id !== id);
    if (left.length === 0)
      throw new GenkanError("state-conflict", "It is the last with which you could sign in: add another before.");
    for (const { site } of placesOf(caller.person)) {
      const list = site === null ? null : await currentApprovers(db, system, site);
      if (!list?.keys.some((key) => key.credential === passkey.credential)) continue;
      const other = list.keys.some((key) => key.credential !== passkey.credential && inForce(key, now));
      if (!other)
        throw new GenkanError(
          "state-conflict",
          "It has to sign the new list of approvers first, on the page of agents.",
        );
    }
    await removeAuthenticator(db, id);
    await recordOf(change, caller.person, {
      ...ofPasskey(c, caller, id),
      action: "passkey.remove",
      facts: { credential: passkey.credential, last: false },
    });
    await follow(c, change, caller);
  });
  c.agents.proposeTrust();
}

async function ownPasskeys({ db }: Change, { person }: PersonCaller, id: Id<"authenticator">) {
  const known = await listAuthenticators(db, system, person.id);
  const passkey = known.find((one) => one.id === id && one.kind === "passkey");
  if (!passkey) throw new GenkanError("not-found");
  return passkey;
}

/** The lists of approvers of the caller's sites follow what has become of a passkey. */
async function follow(c: Context, change: Change, { person }: PersonCaller): Promise<void> {
  for (const { site } of placesOf(person)) if (site !== null) await proposeTrust(change, site, c.now());
  change.touch("me");
}

/** What each record of a passkey of the caller's says. */
const ofPasskey = (c: Context, { person }: PersonCaller, authenticator: Id<"authenticator">) =>
  ({
    at: c.now(),
    outcome: "done",
    actor: personActor(person),
    subjects: { person: person.id, authenticator },
  }) as const;
