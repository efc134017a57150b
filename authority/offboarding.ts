import type { OffboardingCounts, OffboardingSaid } from "../protocol/api/offboarding.ts";
import type { VendorFile } from "../protocol/api/vendor.ts";
import type { Actor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { endContracts, listContracts } from "../store/contract.ts";
import type { Db } from "../store/database.ts";
import { insertErasure } from "../store/erasure.ts";
import { listGrants, revokeGrant } from "../store/grant.ts";
import { putMembership } from "../store/membership.ts";
import { listPeople } from "../store/person.ts";
import { listRequests, settleRequest } from "../store/request.ts";
import { Scope } from "../store/scope.ts";
import { liveSessions } from "../store/session.ts";
import type { Change } from "../store/store.ts";
import { listSubcontracts, putSubcontract } from "../store/subcontract.ts";
import { updateVendor } from "../store/vendor.ts";
import { actorOf, type Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";
import { signOutEverywhere } from "./person-active.ts";
import { endSessions } from "./session-end.ts";
import { vendorFile, vendorFor } from "./vendor.ts";
import { removeAllWithin } from "./workstation-removal.ts";

type At = Id<"site"> | null;

/** What an off-boarding would end, at a site or everywhere. Throws `not-found` for what is not the caller's. */
export async function offboardingCounts(
  { store, now }: Context,
  caller: Caller,
  vendor: Id<"vendor">,
  site: At,
): Promise<OffboardingCounts> {
  await vendorFor(store.db, within(caller, site), vendor);
  const { sessions, ...stands } = await standing(store.db, within(caller, site), vendor, site, now());
  const count = (all: readonly unknown[]) => all.length;
  return {
    contracts: count(stands.contracts),
    consents: count(stands.consents),
    requests: count(stands.requests),
    grants: count(stands.grants),
    sessions: count(sessions),
    people: count(stands.people),
  };
}

/**
 * A vendor works for a site no more, or for none: one transaction ends its contracts and the consents to it and by it, withdraws what
 * waits, revokes what is granted, and says what it has to erase; everywhere it also ends what its people are there, signs them out, and
 * takes away the workstations of those who are of nowhere else. Live sessions are cut at once. Throws `not-found` for what is not the caller's.
 */
export async function offboardVendor(
  c: Context,
  caller: Caller,
  vendor: Id<"vendor">,
  said: OffboardingSaid,
): Promise<VendorFile> {
  const { site, reason, what, due } = said;
  const scope = within(caller, site);
  const at = c.now();
  const person = caller.kind === "person" ? caller.person : null;
  const sessions = await c.store.urgent(async (change) => {
    const { db } = change;
    await requireNotLocked(db, caller, site);
    await vendorFor(db, scope, vendor);
    const stands = await standing(db, scope, vendor, site, at);
    const end: Ending = { change, actor: actorOf(caller), by: person?.id ?? null, vendor, scope, reason, at };
    await endPapers(end, stands);
    await endAccess(end, stands);
    if (site === null) await endPeople(end, stands);
    const erasure = await insertErasure(db, { vendor, site, what, due, at });
    await change.audit({
      at,
      action: "vendor.offboard",
      outcome: "done",
      actor: end.actor,
      site,
      vendor,
      subjects: { vendor, erasure },
      facts: {
        reason,
        what,
        due,
        contracts: stands.contracts.length,
        requests: stands.requests.length,
        grants: stands.grants.length,
        sessions: stands.sessions.length,
        people: stands.people.length,
      },
    });
    change.touch("register", "requests", "grants", "me");
    return stands.sessions.map(({ id }) => id);
  });
  await endSessions(c, sessions, { reason: "revoked", by: person });
  return vendorFile(c.store.db, caller.scope, vendor);
}

/** Where it is ended: a site of the caller's, or everywhere for whoever administers the installation. Throws `not-found`. */
function within({ scope }: Caller, site: At): Scope {
  if (site === null ? !scope.unbounded : !scope.sees(site)) throw new GenkanError("not-found");
  return site === null ? scope : scope.at(site);
}

/** All that a vendor has there now. */
async function standing(db: Db, scope: Scope, vendor: Id<"vendor">, site: At, at: Date) {
  const now = at.toISOString();
  const own = (row: { vendor: { id: string } }) => row.vendor.id === vendor;
  const people = site === null ? await listPeople(db, Scope.system()) : [];
  return {
    contracts: (await listContracts(db, scope)).filter((one) => one.vendor.id === vendor && one.ends > now),
    consents: (await listSubcontracts(db, scope)).filter(
      (one) => (own(one) || one.subcontractor.id === vendor) && one.consent !== null && one.consent.until > now,
    ),
    requests: (await listRequests(db, scope, at)).filter((one) => own(one) && one.state === "pending"),
    grants: (await listGrants(db, scope, at)).filter(
      (one) => own(one) && (one.state === "open" || one.state === "scheduled"),
    ),
    sessions: (await liveSessions(db, scope)).filter((one) => one.vendor === vendor),
    people: people.flatMap(({ id, memberships }) =>
      memberships
        .filter((one) => one.vendor?.id === vendor && counts(one, at))
        .map(({ roles }) => ({ id, roles, memberships })),
    ),
  };
}

const counts = ({ until }: { until: string | null }, at: Date) => until === null || until > at.toISOString();

type Standing = Awaited<ReturnType<typeof standing>>;

interface Ending {
  readonly change: Change;
  readonly actor: Actor;
  readonly by: Id<"person"> | null;
  readonly vendor: Id<"vendor">;
  readonly scope: Scope;
  readonly reason: string;
  readonly at: Date;
}

async function endPapers({ change, actor, vendor, at }: Ending, { contracts, consents }: Standing): Promise<void> {
  const ends = at.toISOString();
  for (const { device, site } of new Map(contracts.map((one) => [one.device.id, one])).values())
    await change.audit({
      at,
      action: "contract.end",
      outcome: "done",
      actor,
      site: site.id,
      vendor,
      subjects: { vendor, device: device.id },
      facts: { ends, contracts: await endContracts(change.db, vendor, device.id, at) },
    });
  for (const { site, vendor: of, subcontractor, consent, note } of consents) {
    const left = consent !== null && consent.from < ends ? { from: consent.from, until: ends } : null;
    const held = { site: site.id, vendor: of.id, subcontractor: subcontractor.id };
    const subcontract = await putSubcontract(change.db, held, { consent: left, note });
    await change.audit({
      at,
      action: "subcontract.consent",
      outcome: "done",
      actor,
      site: site.id,
      vendor: of.id,
      subjects: { vendor: of.id, subcontract },
      facts: { subcontractor: subcontractor.id, consent: left, note },
    });
  }
}

async function endAccess(
  { change, actor, by, vendor, scope, reason, at }: Ending,
  { requests, grants }: Standing,
): Promise<void> {
  const of = { at, outcome: "done", actor, vendor } as const;
  for (const { id, site, device } of requests) {
    await settleRequest(change.db, scope, id, { state: "withdrawn", by, at });
    const subjects = { request: id, device: device.id };
    await change.audit({ ...of, action: "request.withdraw", site: site.id, subjects, facts: { reason } });
  }
  for (const { id, site, device, person } of grants) {
    await revokeGrant(change.db, scope, id, by, reason, at);
    const subjects = { grant: id, device: device.id, person: person.id };
    await change.audit({ ...of, action: "grant.revoke", site: site.id, subjects, facts: { reason } });
  }
}

async function endPeople({ change, actor, vendor, scope, at }: Ending, { people }: Standing): Promise<void> {
  await updateVendor(change.db, scope, vendor, { active: false });
  for (const { id, roles, memberships } of people) {
    if (!memberships.some((one) => one.vendor?.id !== vendor && counts(one, at)))
      await removeAllWithin(change, { id, memberships }, { actor, at });
    await putMembership(change.db, id, { site: null, vendor }, { roles, until: at });
    await signOutEverywhere(change, id, at);
    await change.audit({
      at,
      action: "person.leave",
      outcome: "done",
      actor,
      vendor,
      subjects: { person: id },
      facts: { until: at.toISOString() },
    });
  }
}
