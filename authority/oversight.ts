import type { Static } from "typebox";
import type { GrantView } from "../protocol/api/grant.ts";
import type { LockCreate, LockView } from "../protocol/api/lock.ts";
import type { SessionView } from "../protocol/api/session.ts";
import { GenkanError } from "../protocol/error.ts";
import { listAgents } from "../store/agent.ts";
import type { Db } from "../store/database.ts";
import { listDevices } from "../store/device.ts";
import { listGrants, revokeGrant } from "../store/grant.ts";
import { insertLock, liftLock, listLocks } from "../store/lock.ts";
import { listPeople } from "../store/person.ts";
import type { Scope } from "../store/scope.ts";
import { findSession, listSessions, liveSessions, setFrozen } from "../store/session.ts";
import { listWorkstations } from "../store/workstation.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import type { LeaseRenewal } from "./lease-renewal.ts";
import { requireNotLocked } from "./not-locked.ts";
import { endSessions } from "./revocation.ts";

/** An approver or officer takes a grant back: for good, and its sessions end now. */
export async function revoke(c: Context, caller: Caller, id: string, reason: string): Promise<GrantView> {
  const now = c.now();
  await c.store.change(async (change) => {
    const [grant] = await listGrants(change.db, caller.scope, now, id);
    if (!grant) throw new GenkanError("not-found");
    if (!(await revokeGrant(change.db, caller.scope, id, caller.person.id, reason, now)))
      throw new GenkanError("state-conflict", "The grant is revoked already.");
    await change.raiseEpoch();
    await change.audit({
      at: now,
      action: "grant.revoke",
      outcome: "done",
      actor: caller.person,
      site: grant.site.id,
      vendor: grant.vendor.id,
      subjects: { grant: id, device: grant.device.id, person: grant.person.id },
      facts: { reason },
    });
    change.touch("grants");
  });
  const live = (await liveSessions(c.store.db, caller.scope)).filter(({ grant }) => grant === id);
  await endSessions(
    c,
    live.map(({ id: session }) => session),
    { reason: "revoked", by: caller.person },
  );
  const [view] = await listGrants(c.store.db, caller.scope, now, id);
  if (!view) throw new GenkanError("not-found");
  return view;
}

/** Ends one session: its technician closes it, or staff cut it. A colleague of the vendor sees it, and no more. */
export async function endOne(c: Context, caller: Caller, id: string, reason: string | null): Promise<SessionView> {
  const row = await findSession(c.store.db, caller.scope, id);
  const own = row?.person === caller.person.id;
  if (!row || (!own && caller.face !== "staff")) throw new GenkanError("not-found");
  await endSessions(c, [id], {
    reason: own ? "ended-by-technician" : "ended-by-staff",
    by: caller.person,
    facts: reason === null ? {} : { reason },
  });
  return (await listSessions(c.store.db, caller.scope, id))[0] ?? fail();
}

/**
 * Stops the bytes of a session without ending it, for a while; the gateway cuts it when that lasts too long. Bytes flow again
 * only when that is kept: no session runs that its row calls frozen.
 */
export async function freeze(c: Context, caller: Caller, id: string, frozen: boolean): Promise<SessionView> {
  const row = await findSession(c.store.db, caller.scope, id);
  if (!row) throw new GenkanError("not-found");
  if (row.state === "ended") throw new GenkanError("state-conflict", "The session has ended.");
  const gateway = c.gateways.find(row.gateway);
  if (!gateway) throw new GenkanError("gateway-unavailable");
  if (frozen) await gateway.freeze(id, true);
  await c.store.change(async (change) => {
    await setFrozen(change.db, caller.scope, id, frozen);
    await change.audit({
      at: c.now(),
      action: frozen ? "session.freeze" : "session.thaw",
      outcome: "done",
      actor: caller.person,
      site: row.site,
      vendor: row.vendor,
      subjects: { session: id, grant: row.grant, device: row.device },
    });
    change.touch("sessions");
  });
  if (!frozen) await gateway.freeze(id, false);
  return (await listSessions(c.store.db, caller.scope, id))[0] ?? fail();
}

/** Locks: what it covers is cut now, and nothing new begins until it is lifted. */
export async function lock(
  c: Context,
  leases: LeaseRenewal,
  caller: Caller,
  body: Static<typeof LockCreate.body>,
): Promise<LockView> {
  if ((body.kind === "everything") !== (body.target === null))
    throw new GenkanError("bad-request", "A lock of everything names no target; every other lock names one.");
  // Who is locked lifts no lock, so that a site with one officer would have nobody left.
  if (body.kind === "person" && body.target === caller.person.id)
    throw new GenkanError("bad-request", "Nobody locks themselves: ask another officer.");
  const now = c.now();
  const id = await c.store.change(async (change) => {
    const name = await targetName(change.db, caller.scope, body);
    const id = await insertLock(change.db, caller.scope, { ...body, name, by: caller.person.id, at: now });
    await change.raiseEpoch();
    await change.audit({
      at: now,
      action: "lock.set",
      outcome: "done",
      actor: caller.person,
      site: caller.scope.site,
      subjects: { lock: id, ...(body.target === null ? {} : { [body.kind]: body.target }) },
      facts: { kind: body.kind, reason: body.reason },
    });
    change.touch("locks", "requests", "grants");
    return id;
  });
  // The round decides every live session again under the new epoch: what the lock covers ends with its reason.
  await leases.round();
  return (await listLocks(c.store.db, caller.scope)).find((view) => view.id === id) ?? fail();
}

/** Lifts a lock. Whoever is locked in person lifts none, least of all that one. */
export async function unlock(c: Context, caller: Caller, id: string, reason: string): Promise<LockView> {
  const now = c.now();
  await c.store.change(async (change) => {
    await requireNotLocked(change.db, caller);
    if (!(await liftLock(change.db, caller.scope, id, caller.person.id, now))) throw new GenkanError("not-found");
    await change.raiseEpoch();
    await change.audit({
      at: now,
      action: "lock.lift",
      outcome: "done",
      actor: caller.person,
      site: caller.scope.site,
      subjects: { lock: id },
      facts: { reason },
    });
    change.touch("locks", "requests", "grants");
  });
  return (await listLocks(c.store.db, caller.scope)).find((view) => view.id === id) ?? fail();
}

/** Name of what is locked; throws `not-found` for what this caller may not see. */
async function targetName(db: Db, scope: Scope, { kind, target }: { kind: string; target: string | null }) {
  const byId = <T extends { id: string }>(rows: T[]): T => rows.find(({ id }) => id === target) ?? missing();
  switch (kind) {
    case "person":
      return byId(await listPeople(db, scope)).name;
    case "workstation": {
      const { label, person } = byId(await listWorkstations(db, scope));
      return `${person.name}: ${label}`.slice(0, 120);
    }
    case "vendor":
      return (await listDevices(db, scope)).find(({ vendor }) => vendor.id === target)?.vendor.name ?? missing();
    case "device":
      return byId(await listDevices(db, scope)).name;
    case "agent":
      return byId(await listAgents(db, scope)).name;
    case "site":
      return (await listDevices(db, scope)).find(({ site }) => site.id === target)?.site.name ?? missing();
    default:
      return null;
  }
}

function missing(): never {
  throw new GenkanError("not-found");
}

function fail(): never {
  throw new GenkanError("internal");
}
