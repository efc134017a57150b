import type { AttestationList } from "../protocol/api/attestation.ts";
import { personActor, systemActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import {
  insertAttestation,
  listAttested,
  listSuspended,
  readAttestationInterval,
  restore,
  suspend,
} from "../store/attestation.ts";
import type { Db } from "../store/database.ts";
import { listPeople } from "../store/person.ts";
import { Scope } from "../store/scope.ts";
import type { Store } from "../store/store.ts";
import type { PersonCaller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";

/** Until when a vendor's word on each of its people counts. Throws `not-found` for whoever is of none. */
export async function attestations(db: Db, { scope }: PersonCaller, now: Date): Promise<AttestationList> {
  if (scope.vendor === null) throw new GenkanError("not-found");
  const suspended = new Map((await listSuspended(db, scope)).map(({ person, since }) => [person, since]));
  const people = (await owed(db, scope, now)).map(({ id, name, until }) => ({
    person: { id, name },
    until: new Date(until).toISOString(),
    suspendedAt: until <= now.getTime() ? (suspended.get(id) ?? null) : null,
  }));
  return { people };
}

/** A vendor administrator says that these people still work there; whoever was suspended goes on. Throws `not-found`. */
export async function attest(
  store: Store,
  caller: PersonCaller,
  people: readonly Id<"person">[],
  at: Date,
): Promise<AttestationList> {
  const { scope } = caller;
  const { vendor } = scope;
  if (vendor === null) throw new GenkanError("not-found");
  return store.change(async (change) => {
    await requireNotLocked(change.db, caller, null);
    const own = new Set((await owed(change.db, scope, at)).map(({ id }) => id));
    if (!people.every((id) => own.has(id))) throw new GenkanError("not-found");
    for (const person of people) {
      await insertAttestation(change.db, { person, vendor, by: caller.person.id, at });
      await restore(change.db, person, vendor);
      await change.audit({
        at,
        action: "person.attest",
        outcome: "done",
        actor: personActor(caller.person),
        vendor,
        subjects: { person },
      });
    }
    change.touch("register", "requests", "grants");
    return attestations(change.db, caller, at);
  });
}

/** Suspends those for whom nobody has said it in time, each with a record. Their sessions end by the clock, whether or not this runs. */
export async function suspendUnattested(store: Store, at: Date): Promise<void> {
  const late = async (db: Db) => {
    const known = new Set((await listSuspended(db, Scope.system())).map(({ person, vendor }) => `${person} ${vendor}`));
    const all = await owed(db, Scope.system(), at);
    return all.filter(({ id, vendor, until }) => until <= at.getTime() && !known.has(`${id} ${vendor}`));
  };
  if ((await late(store.db)).length === 0) return;
  await store.urgent(async (change) => {
    for (const { id: person, vendor } of await late(change.db)) {
      if (!(await suspend(change.db, { person, vendor, at }))) continue;
      await change.audit({
        at,
        action: "person.suspend",
        outcome: "done",
        actor: systemActor,
        vendor,
        subjects: { person },
        reasons: ["attestation-missing"],
      });
    }
    change.touch("register", "requests", "grants");
  });
}

/** The people of vendors in a scope who belong there now, and until when the word on each counts. */
async function owed(db: Db, scope: Scope, now: Date) {
  const at = now.toISOString();
  const intervalMs = await readAttestationInterval(db);
  const said = new Map((await listAttested(db, scope)).map((one) => [`${one.person} ${one.vendor}`, one.since]));
  const found = [];
  for (const { id, name, memberships, active } of await listPeople(db, scope)) {
    const of = memberships.find(({ vendor, until }) => vendor !== null && (until === null || until > at))?.vendor;
    if (of && active) found.push({ id, name, vendor: of.id, until: (said.get(`${id} ${of.id}`) ?? 0) + intervalMs });
  }
  return found;
}
