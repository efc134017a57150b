import { newId, randomBytes, randomToken } from "../crypto/random.ts";
import { sha256 } from "../crypto/thumbprint.ts";
import type { FirstRunBody } from "../protocol/api/first-run.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import { base32, type Id } from "../protocol/make-id.ts";
import { isOfInstallation } from "../protocol/membership.ts";
import { insertEnrolment } from "../store/enrolment.ts";
import { hasAdministrator, putFirstCode, useFirstCode } from "../store/first-code.ts";
import { putMembership } from "../store/membership.ts";
import { findPersonByLogin, insertPerson } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, host } from "./caller.ts";
import type { Context } from "./context.ts";
import { installation } from "./membership.ts";
import { requireName } from "./required-name.ts";

/** A code with which somebody becomes the first administrator; the one before is good no longer. Null when there is one. */
export async function makeFirstCode(store: Store, at: Date): Promise<{ code: string; expiresAt: string } | null> {
  // 80 bits in four groups, of letters and digits that nobody takes for one another.
  const code = (base32(randomBytes(10)).toUpperCase().match(/.{4}/g) ?? []).join("-");
  const expiresAt = new Date(at.getTime() + limits.firstCodeMs);
  return store.change(async (change) => {
    if (await hasAdministrator(change.db, at)) return null;
    await putFirstCode(change.db, { codeHash: hashOf(code), expiresAt });
    await change.audit({ at, action: "first-run.code", outcome: "done", actor: actorOf(host), subjects: {} });
    return { code, expiresAt: expiresAt.toISOString() };
  });
}

/**
 * Makes whoever has the code from the host's console an administrator of the installation, and gives them the code of an enrolment
 * link. Until its passkey is made there is no administrator, and another code begins again. Throws `first-code-invalid`,
 * `state-conflict` for a login that is somebody else's, `bad-request`.
 */
export async function becomeFirstAdministrator(c: Context, body: FirstRunBody): Promise<{ code: string }> {
  requireName("person's name", body.name);
  requireName("login", body.login);
  const at = c.now();
  const code = randomToken(24);
  await c.store.change(async (change) => {
    if (await hasAdministrator(change.db, at)) throw new GenkanError("first-code-invalid");
    if (!(await useFirstCode(change.db, hashOf(body.code), at))) throw new GenkanError("first-code-invalid");
    const id = await administrator(change, body, at);
    await insertEnrolment(change.db, {
      codeHash: sha256(code),
      person: id,
      at,
      expiresAt: new Date(at.getTime() + limits.firstCodeMs),
    });
    await change.audit({
      at,
      action: "first-run.administrator",
      outcome: "done",
      actor: personActor({ id, name: body.name }),
      subjects: { person: id },
      facts: { login: body.login },
    });
  });
  return { code };
}

/** A new person; or the one who came so far before, and made no passkey. */
async function administrator({ db }: Change, { name, login }: FirstRunBody, at: Date): Promise<Id<"person">> {
  const known = await findPersonByLogin(db, Scope.system(), login, at);
  if (known && !known.memberships.some((one) => isOfInstallation(one) && one.roles.includes("administrator")))
    throw new GenkanError("state-conflict", `Somebody is known as ${login} already.`);
  if (known) return known.id;
  const id = newId("person");
  await insertPerson(db, { id, name, login, at });
  await putMembership(db, id, installation, { roles: ["administrator"], until: null });
  return id;
}

/** As it was shown, however it was typed. */
const hashOf = (code: string) => sha256(code.replace(/[^0-9A-Za-z]/g, "").toUpperCase());
