import type { OwnAccount } from "../protocol/api/own-account.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { labelKey } from "../protocol/workstation.ts";
import { listAuthenticators } from "../store/authenticator.ts";
import type { Db } from "../store/database.ts";
import { findRecovery } from "../store/enrolment.ts";
import { Scope } from "../store/scope.ts";
import { liveSessions, type SessionRow } from "../store/session.ts";
import { endSignIn, listSignIns } from "../store/sign-in.ts";
import { listLabels, listWorkstationKeys, listWorkstationUses, nameWorkstation } from "../store/workstation.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { recordOf } from "./person-record.ts";
import { endSessions } from "./session-end.ts";
import { idleMsOf } from "./sign-in.ts";
import { removeWithin } from "./workstation-removal.ts";

const system = Scope.system();

/** What is the caller's own, as their page shows it. */
export async function ownAccount(c: Context, { person, face, signIn }: PersonCaller): Promise<OwnAccount> {
  const { db } = c.store;
  const known = await listAuthenticators(db, system, person.id);
  const password = known.find(({ kind }) => kind === "password-totp");
  const used = await listWorkstationUses(db, system, person.id);
  const workstations = [];
  for (const { id, label, since } of await ownLabels(db, person)) {
    const keys = await listWorkstationKeys(db, system, id);
    const here = id === signIn.workstation;
    workstations.push({ id, label, keys, createdAt: since, lastUsedAt: used.get(id) ?? null, here });
  }
  const signIns = await listSignIns(db, system, person.id, { at: c.now(), idleMs: idleMsOf(face) });
  return {
    login: person.login,
    passkeys: known
      .filter(({ kind }) => kind === "passkey")
      .map(({ id, label, aaguid, created_at, used_at, expires_at }) => ({
        id,
        label,
        aaguid,
        createdAt: created_at,
        lastUsedAt: used_at,
        expiresAt: expires_at,
      })),
    password: password ? { expiresAt: password.expires_at } : null,
    workstations,
    signIns: signIns.map((row) => ({
      id: row.id,
      kind: row.kind === "cli" ? ("terminal" as const) : ("browser" as const),
      workstation: row.label,
      network: row.network,
      since: row.created_at,
      lastUsedAt: row.used_at,
      here: row.id === signIn.id,
    })),
    recovered: await findRecovery(db, person.id),
  };
}

/** Says what the caller's computer is called. Throws `not-found`, `label-taken`. */
export async function nameOwnWorkstation(
  c: Context,
  caller: PersonCaller,
  id: Id<"workstation">,
  label: string,
): Promise<void> {
  await c.store.change(async (change) => {
    const own = await ownLabels(change.db, caller.person);
    if (!own.some((one) => one.id === id)) throw new GenkanError("not-found");
    if (own.some((one) => one.id !== id && labelKey(one.label) === labelKey(label)))
      throw new GenkanError("label-taken");
    await nameWorkstation(change.db, id, label);
    await recordOf(change, caller.person, {
      at: c.now(),
      action: "workstation.name",
      outcome: "done",
      actor: personActor(caller.person),
      subjects: { workstation: id },
      facts: { label },
    });
    change.touch("me");
  });
}

/**
 * The caller's computer is theirs no more: its keys go, what is signed in on it ends, and its sessions are cut now. Throws `not-found`,
 * and `denied` for one that is locked, whose keys could otherwise come back as another's.
 */
export async function removeOwnWorkstation(c: Context, caller: PersonCaller, id: Id<"workstation">): Promise<void> {
  const removal = { actor: personActor(caller.person), at: c.now() };
  await c.store.urgent((change) => removeWithin(change, caller.person, id, removal));
  await cut(c, caller, ({ workstation }) => workstation === id);
}

/** Ends sign-ins of the caller's, with the sessions that were begun in them: one, or all but this. Throws `not-found`. */
export async function endOwnSignIns(c: Context, caller: PersonCaller, which: Id<"signIn"> | "others"): Promise<void> {
  const ended = await c.store.urgent(async (change) => {
    const of = { at: c.now(), idleMs: idleMsOf(caller.face) };
    const own = (await listSignIns(change.db, system, caller.person.id, of)).map(({ id }) => id);
    const ends = own.filter((id) => (which === "others" ? id !== caller.signIn.id : id === which));
    if (which !== "others" && ends.length === 0) throw new GenkanError("not-found");
    for (const id of ends) {
      await endSignIn(change.db, id, c.now());
      await recordOf(change, caller.person, {
        at: c.now(),
        action: "sign-in.end",
        outcome: "done",
        actor: personActor(caller.person),
        subjects: { signIn: id },
      });
    }
    change.touch("me");
    return new Set(ends);
  });
  await cut(c, caller, ({ signIn }) => ended.has(signIn));
}

const ownLabels = async (db: Db, { id }: PersonCaller["person"]) =>
  (await listLabels(db, system, id)).filter(({ removedAt }) => removedAt === null);

async function cut(c: Context, caller: PersonCaller, which: (session: SessionRow) => boolean): Promise<void> {
  const live = (await liveSessions(c.store.db, system)).filter(which).map(({ id }) => id);
  if (live.length > 0)
    await endSessions(c, live, { reason: "ended-by-technician", by: caller.person, facts: { signedOut: true } });
}
