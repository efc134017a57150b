import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { endContracts, insertContract, listContracts, updateContract } from "../store/contract.ts";
import { findDevice } from "../store/device.ts";
import type { Change, Store } from "../store/store.ts";
import { listVendors } from "../store/vendor.ts";
import { actorOf, type Caller } from "./caller.ts";
import { deviceOf } from "./device.ts";
import { requireNotLocked } from "./not-locked.ts";

interface Term {
  readonly starts: Date;
  readonly ends: Date;
}

interface NewContract extends Term {
  readonly device: Id<"device">;
  readonly vendor: Id<"vendor">;
}

/** A vendor may touch a device from `starts` until `ends`. Returns the device. Throws `not-found`, `bad-request`. */
export async function addContract(store: Store, by: Caller, said: NewContract, at: Date): Promise<Id<"device">> {
  return store.change((change) => putNewContract(change, by, said, at));
}

/** The same within a change that adds more than one. */
export async function putNewContract(
  change: Change,
  by: Caller,
  { device, vendor, starts, ends }: NewContract,
  at: Date,
): Promise<Id<"device">> {
  requireTerm({ starts, ends });
  const { site } = await deviceOf(change, by, device);
  const known = (await listVendors(change.db, by.scope)).some(({ id }) => id === vendor);
  if (!known) throw new GenkanError("not-found", `No vendor is ${vendor}.`);
  const contract = await insertContract(change.db, { device, vendor, starts, ends });
  await change.audit({
    at,
    action: "contract.add",
    outcome: "done",
    actor: actorOf(by),
    site: site.id,
    vendor,
    subjects: { contract, vendor, device },
    facts: { starts: starts.toISOString(), ends: ends.toISOString() },
  });
  change.touch("register", "requests", "grants");
  return device;
}

/**
 * Says anew when a contract runs; one that is to end now ends at `at`, and sessions that stand on it end with the next round of leases.
 * Returns the device. Throws `not-found`, and `bad-request` for an end that is not behind the start.
 */
export async function changeContract(
  store: Store,
  by: Caller,
  id: Id<"contract">,
  to: Term | "end-now",
  at: Date,
): Promise<Id<"device">> {
  return store.urgent((change) => putContract(change, by, id, to, at));
}

/** The same within a change that changes more than one. */
export async function putContract(
  change: Change,
  by: Caller,
  id: Id<"contract">,
  to: Term | "end-now",
  at: Date,
): Promise<Id<"device">> {
  if (to !== "end-now") requireTerm(to);
  const { device, vendor, ...before } = await contractOf(change, by, id);
  const { site } = await deviceOf(change, by, device);
  const term = to === "end-now" ? { starts: earlier(before.starts, at), ends: at } : to;
  await updateContract(change.db, id, term);
  await change.audit({
    at,
    action: "contract.change",
    outcome: "done",
    actor: actorOf(by),
    site: site.id,
    vendor: vendor.id,
    subjects: { contract: id, vendor: vendor.id, device },
    facts: { starts: term.starts.toISOString(), ends: term.ends.toISOString(), before },
  });
  change.touch("register", "requests", "grants");
  return device;
}

async function contractOf({ db }: Change, by: Caller, id: Id<"contract">) {
  const [found] = await listContracts(db, by.scope, id);
  if (!found) throw new GenkanError("not-found", `No contract is ${id}.`);
  const { vendor, device, starts, ends } = found;
  return { vendor, device: device.id, starts, ends };
}

/** One that has not begun when it ends never ran: it begins and ends at once. */
const earlier = (starts: string, at: Date) => (Date.parse(starts) < at.getTime() ? new Date(starts) : at);

function requireTerm({ starts, ends }: Term): void {
  if (!(starts < ends)) throw new GenkanError("bad-request", "A contract ends after it has begun.");
}

/**
 * Ends what a vendor may do at a device: at `ends` what runs beyond it is over, and sessions with it. Returns how many
 * contracts that were. Throws `not-found` when there is none that would run beyond it.
 */
export async function endContract(
  store: Store,
  { vendor, device, ends }: { vendor: Id<"vendor">; device: Id<"device">; ends: Date },
  at: Date,
  by: Caller,
): Promise<number> {
  return store.urgent(async (change) => {
    const found = await findDevice(change.db, by.scope, device);
    if (found) await requireNotLocked(change.db, by, found.site.id);
    const contracts = found ? await endContracts(change.db, vendor, device, ends) : 0;
    if (!found || contracts === 0)
      throw new GenkanError(
        "not-found",
        `${vendor} has no contract for ${device} that runs beyond ${ends.toISOString()}.`,
      );
    await change.audit({
      at,
      action: "contract.end",
      outcome: "done",
      actor: actorOf(by),
      site: found.site.id,
      vendor,
      subjects: { vendor, device },
      facts: { ends: ends.toISOString(), contracts },
    });
    change.touch("register", "requests", "grants");
    return contracts;
  });
}
