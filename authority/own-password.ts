import type { Static } from "typebox";
import { seal, unseal } from "../crypto/at-rest.ts";
import { hashPassword } from "../crypto/password.ts";
import { revealSecret } from "../crypto/secret.ts";
import type { PasswordBegin, PasswordChange } from "../protocol/api/own-account.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { removeAuthenticator, useTotpStep } from "../store/authenticator.ts";
import { insertCeremony, useCeremony } from "../store/ceremony.ts";
import { addPassword } from "./authenticator.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";
import { recordOf } from "./person-record.ts";
import { type InTurn, passwordHolds } from "./sign-in.ts";
import { makeTotp, totpStep } from "./totp.ts";

/** Begins to change password and authenticator app: the app's new secret. */
export async function beginOwnPassword(c: Context, caller: PersonCaller): Promise<Static<typeof PasswordBegin.reply>> {
  const totp = makeTotp(caller.person.login);
  const ceremony = await c.store.change(async ({ db }) => {
    await requireNotLocked(db, caller, null);
    return insertCeremony(db, {
      kind: "account",
      face: caller.face,
      person: caller.person.id,
      bound_to: caller.signIn.id,
      challenge: "",
      data: seal(c.keys.data, "ceremony:totp", totp.secret),
      now: c.now(),
    });
  });
  return { ceremony, totp };
}

/** Puts both in place of those before, which the caller has shown. Throws `password-too-short`, `sign-in-failed`, `totp-invalid`. */
export async function changeOwnPassword(
  c: Context,
  caller: PersonCaller,
  body: Static<typeof PasswordChange>,
  inTurn: InTurn,
): Promise<void> {
  const { person, face } = caller;
  if (Array.from(body.password).length < limits.passwordCharacters) throw new GenkanError("password-too-short");
  const now = c.now();
  const begun = { kind: "account", face, boundTo: caller.signIn.id, now } as const;
  const ceremony = await c.store.change(({ db }) => useCeremony(db, body.ceremony, begun));
  if (ceremony?.person !== person.id || ceremony.challenge !== "") throw new GenkanError("ceremony-invalid");
  const held = await passwordHolds(c, person, body.current, inTurn);
  const secret = revealSecret(unseal(c.keys.data, "ceremony:totp", ceremony.data));
  const step = await totpStep(body.totp, secret, null, now);
  const hash = await inTurn(() => hashPassword(body.password));
  await c.store.change(async (change) => {
    await requireNotLocked(change.db, caller, null);
    if (!(await useTotpStep(change.db, held.authenticator, held.step))) throw new GenkanError("sign-in-failed");
    await removeAuthenticator(change.db, held.authenticator);
    await addPassword(c, change.db, { person, hash, secret, step });
    await recordOf(change, person, {
      at: now,
      action: "password.change",
      outcome: "done",
      actor: personActor(person),
      subjects: { person: person.id },
    });
    change.touch("me");
  });
}
