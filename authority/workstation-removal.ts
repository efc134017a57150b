import type { Actor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { lockedTargets } from "../store/lock.ts";
import type { Placed } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import { liveSessions } from "../store/session.ts";
import { endSignInsFrom } from "../store/sign-in.ts";
import type { Change } from "../store/store.ts";
import { findWorkstation, listLabels, removeWorkstation } from "../store/workstation.ts";
import { personOf, requireWhole } from "./administered.ts";
import { actorOf, type Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked, requireWorkstationsNotLocked } from "./not-locked.ts";
import { recordOf } from "./person-record.ts";
import { endSessions } from "./session-end.ts";

const system = Scope.system();

interface Removal {
  readonly actor: Actor;
  readonly at: Date;
  /** Why, where somebody had to say it. */
  readonly reason?: string;
}

/**
 * Takes away a workstation's keys within a change, and ends what is signed in on it; its sessions are the caller's to cut. Throws
 * `not-found` for one that has none, and `denied` for one that is locked, whose keys could otherwise come back as another's.
 */
export async function removeWithin(
  change: Change,
  person: Placed & { readonly id: Id<"person"> },
  id: Id<"workstation">,
  { actor, at, reason }: Removal,
): Promise<void> {
  const known = await findWorkstation(change.db, system, id);
  if (known?.person !== person.id || known.thumbprints.length === 0) throw new GenkanError("not-found");
  await requireWorkstationsNotLocked(change.db, id);
  await removeWorkstation(change.db, id, at);
  await endSignInsFrom(change.db, id, at);
  await recordOf(change, person, {
    at,
    action: "workstation.remove",
    outcome: "done",
    actor,
    subjects: { person: person.id, workstation: id },
    facts: { keys: known.thumbprints, ...(reason === undefined ? {} : { reason }) },
  });
  change.touch("me", "requests", "grants", "register");
}

/**
 * Takes away all of a person's workstations, for they are nobody any more: who comes back enrols anew, so that a computer that was in
 * other hands meanwhile is shown to approvers as new. A locked one keeps its keys, and so its lock. Returns how many went.
 */
export async function removeAllWithin(
  change: Change,
  person: Placed & { readonly id: Id<"person"> },
  removal: Removal,
): Promise<number> {
  const locked = await lockedTargets(change.db, system, "workstation");
  let removed = 0;
  for (const { id, removedAt } of await listLabels(change.db, system, person.id)) {
    if (removedAt !== null || locked.has(id)) continue;
    await removeWithin(change, person, id, removal);
    removed += 1;
  }
  return removed;
}

/**
 * Whoever administers a person takes a workstation of theirs away, and says why: a stolen laptop waits for nobody's sign-in. Its
 * sessions are cut now. Throws `not-found` for what is not the caller's, and `denied` for an own one and for a locked one.
 */
export async function removeOfPerson(c: Context, by: Caller, id: Id<"workstation">, reason: string): Promise<void> {
  const at = c.now();
  await c.store.urgent(async (change) => {
    await requireNotLocked(change.db, by, null);
    const known = await findWorkstation(change.db, by.scope, id);
    if (!known) throw new GenkanError("not-found");
    const person = await personOf(change, { id: known.person }, by);
    requireWhole(by, person, at);
    await removeWithin(change, person, id, { actor: actorOf(by), at, reason });
  });
  const live = (await liveSessions(c.store.db, system)).filter(({ workstation }) => workstation === id);
  await endSessions(
    c,
    live.map((session) => session.id),
    { reason: "revoked", by: by.kind === "person" ? by.person : null },
  );
}
