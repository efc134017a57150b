import type { Static } from "typebox";
import { Value } from "typebox/value";
import { type LockCreate, LockLift, type LockView } from "../protocol/api/lock.ts";
import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { LockedKind, LockKind } from "../protocol/lock.ts";
import type { Id } from "../protocol/make-id.ts";
import { listAgents } from "../store/agent.ts";
import type { Db } from "../store/database.ts";
import { listDevices } from "../store/device.ts";
import { insertLock, liftLock, listLocks, siteOfLock } from "../store/lock.ts";
import { listPeople } from "../store/person.ts";
import type { Scope } from "../store/scope.ts";
import { listSites } from "../store/site.ts";
import { listVendors } from "../store/vendor.ts";
import { listWorkstations } from "../store/workstation.ts";
import { actorOf, type Caller, type PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { justWritten } from "./just-written.ts";
import type { LeaseRenewal } from "./lease-renewal.ts";
import { requireNotLocked } from "./not-locked.ts";

/** An officer locks: what the lock covers is cut now, and nothing new begins until it is lifted. */
export async function lock(
  c: Context,
  leases: LeaseRenewal,
  caller: PersonCaller,
  body: Static<typeof LockCreate.body>,
): Promise<LockView> {
  if ((body.kind === "everything") !== (body.target === null))
    throw new GenkanError("bad-request", "A lock of everything names no target; every other lock names one.");
  // An officer who is locked may lift no lock: at a site with one officer nobody would be left to lift this one.
  if (body.kind === "person" && body.target === caller.person.id)
    throw new GenkanError("bad-request", "Nobody locks themselves: ask another officer.");
  const now = c.now();
  const site = siteOf(caller.scope, body.site);
  const id = await c.store.urgent(async (change) => {
    await requireNotLocked(change.db, caller, site);
    const { kind, target, reason } = body;
    const found = await targetOf(change.db, caller.scope.at(site), kind, target);
    const id = await insertLock(change.db, {
      kind,
      target: found?.id ?? null,
      site,
      name: found?.name.slice(0, limits.nameCharacters) ?? null,
      reason,
      by: caller.person.id,
      at: now,
    });
    await change.audit({
      at: now,
      action: "lock.set",
      outcome: "done",
      actor: actorOf(caller),
      site,
      subjects: { lock: id, ...(found === null ? {} : { [body.kind]: found.id }) },
      facts: { kind: body.kind, reason: body.reason },
    });
    change.touch("locks", "requests", "grants");
    return id;
  });
  // The round decides every live session again under the new epoch: what the lock covers ends with its reason.
  await leases.round();
  return justWritten((await listLocks(c.store.db, caller.scope)).find((view) => view.id === id));
}

/**
 * An officer lifts a lock; one who is locked in person may lift none, least of all that one. Where no officer is left, whoever has
 * the authority's host does. Throws `bad-request` for a reason that is none, `not-found`.
 */
export async function lift(
  c: Pick<Context, "store" | "now">,
  caller: Caller,
  id: Id<"lock">,
  reason: string,
): Promise<LockView> {
  if (!Value.Check(LockLift.body, { reason })) throw new GenkanError("bad-request", "The reason is empty or too long.");
  const now = c.now();
  const by = caller.kind === "person" ? caller.person.id : null;
  await c.store.urgent(async (change) => {
    const site = await siteOfLock(change.db, id);
    await requireNotLocked(change.db, caller, site);
    if (!(await liftLock(change.db, caller.scope, id, by, now)))
      throw new GenkanError("not-found", `No lock in force is ${id}.`);
    await change.audit({
      at: now,
      action: "lock.lift",
      outcome: "done",
      actor: actorOf(caller),
      site,
      subjects: { lock: id },
      facts: { reason },
    });
    change.touch("locks", "requests", "grants");
  });
  return justWritten((await listLocks(c.store.db, caller.scope)).find((view) => view.id === id));
}

/** The site at which an officer's lock holds: the one that they name, of those at which they are an officer. Throws `bad-request`, `not-found`. */
function siteOf(scope: Scope, named: Id<"site"> | undefined): Id<"site"> {
  const [only, ...others] = scope.sites ?? [];
  const site = named ?? only;
  if (site === undefined || !scope.sees(site)) throw new GenkanError("not-found");
  if (named === undefined && others.length > 0)
    throw new GenkanError("bad-request", "You are an officer of several sites: name the one at which the lock holds.");
  return site;
}

/** Where each kind of target is looked up: the ids and names that this caller may see. */
const targets: Record<LockedKind, (db: Db, scope: Scope) => Promise<Target[]>> = {
  person: listPeople,
  workstation: async (db, scope) =>
    (await listWorkstations(db, scope)).map(({ id, label, person }) => ({ id, name: `${person.name}: ${label}` })),
  vendor: listVendors,
  device: listDevices,
  agent: listAgents,
  site: listSites,
};

interface Target {
  readonly id: Id<LockedKind>;
  readonly name: string;
}

/** What is locked, null for everything; throws `not-found` for what this caller may not see. */
async function targetOf(db: Db, scope: Scope, kind: LockKind, target: string | null): Promise<Target | null> {
  if (kind === "everything") return null;
  const found = (await targets[kind](db, scope)).find(({ id }) => id === target);
  if (!found) throw new GenkanError("not-found");
  return found;
}
