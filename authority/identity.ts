import { Check } from "typebox/value";
import type { ActionName } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import { Issuer, Subject } from "../protocol/identity.ts";
import type { Id } from "../protocol/make-id.ts";
import { findIdentity, insertIdentity, removeIdentity as removeRow } from "../store/identity.ts";
import { type Person } from "../store/person.ts";
import type { Change, Store } from "../store/store.ts";
import { personOf } from "./administered.ts";
import { actorOf, type HostCaller } from "./caller.ts";
import { signOutEverywhere } from "./person-active.ts";
import { recordOf } from "./person-record.ts";

/** Who somebody is to a provider of identities, and the login under which they are known here. */
export interface IdentityOf {
  readonly login: string;
  readonly issuer: string;
  readonly subject: string;
}

/**
 * Says whom a provider means. Only whoever has the host says it: who names the subject could sign in as that person. Throws
 * `bad-request` for what no provider names so, `not-found`, and `state-conflict` where it means somebody else.
 */
export async function addIdentity(
  store: Store,
  { login, issuer, subject }: IdentityOf,
  at: Date,
  by: HostCaller,
): Promise<Id<"identity">> {
  const fits: boolean = Check(Issuer, issuer) && URL.canParse(issuer) && Check(Subject, subject);
  if (!fits)
    throw new GenkanError(
      "bad-request",
      "An issuer is an https address without query and fragment, and a subject 1 to 255 ASCII characters.",
    );
  return store.change(async (change) => {
    const person = await personOf(change, login, by);
    const known = await findIdentity(change.db, by.scope, { issuer, subject });
    if (known?.person === person.id) return known.id;
    if (known) throw new GenkanError("state-conflict", "This provider's subject is somebody else here.");
    const id = await insertIdentity(change.db, { person: person.id, issuer, subject });
    await keep(change, "identity.add", { person, id, issuer, subject }, at, by);
    return id;
  });
}

/**
 * Takes that back. Its person is signed out everywhere, for nobody knows who signed in by it; with what else they have they sign in
 * again. Throws `not-found`.
 */
export async function removeIdentity(
  store: Store,
  { login, issuer, subject }: IdentityOf,
  at: Date,
  by: HostCaller,
): Promise<void> {
  await store.urgent(async (change) => {
    const person = await personOf(change, login, by);
    const known = await findIdentity(change.db, by.scope, { issuer, subject });
    if (known?.person !== person.id) throw new GenkanError("not-found", `${login} is not known to ${issuer} so.`);
    await removeRow(change.db, known.id);
    await signOutEverywhere(change, person.id, at);
    await keep(change, "identity.remove", { person, id: known.id, issuer, subject }, at, by);
    change.touch("me", "requests", "grants");
  });
}

async function keep(
  change: Change,
  action: Extract<ActionName, `identity.${string}`>,
  of: { person: Person; id: Id<"identity">; issuer: string; subject: string },
  at: Date,
  by: HostCaller,
): Promise<void> {
  await recordOf(change, of.person, {
    at,
    action,
    outcome: "done",
    actor: actorOf(by),
    subjects: { person: of.person.id, identity: of.id },
    facts: { issuer: of.issuer, subject: of.subject },
  });
}
