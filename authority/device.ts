import { newId } from "../crypto/random.ts";
import { readAddress } from "../protocol/address.ts";
import type { DeviceSaid, ServiceSaid } from "../protocol/api/device-record.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { type Service, ways } from "../protocol/service.ts";
import { findAgent } from "../store/agent.ts";
import { insertContract } from "../store/contract.ts";
import type { Db } from "../store/database.ts";
import { insertDevice } from "../store/device.ts";
import { findDeviceRecord, type StoredDeviceRecord, setDeviceActive, updateDevice } from "../store/device-record.ts";
import { countOpenGrants } from "../store/grant.ts";
import { Scope } from "../store/scope.ts";
import type { Change, Store } from "../store/store.ts";
import { listVendors } from "../store/vendor.ts";
import { actorOf, type Caller } from "./caller.ts";
import { requireNotLocked } from "./not-locked.ts";
import { requireName } from "./required-name.ts";

type Told = "name" | "vendor" | "agent";
/** What need not be told of a device is empty. */
export interface DeviceInput extends Pick<DeviceSaid, Told>, Partial<Omit<DeviceSaid, Told>> {
  readonly services: readonly ServiceSaid[];
  /** Null: no contract, so nobody may ask for it. */
  readonly contract: { starts: Date; ends: Date } | null;
}

/**
 * Adds a device at its agent's site. Throws `bad-request` for a name that nobody could read or an exception that does nothing,
 * `not-found` for an agent or a vendor that whoever adds it does not see.
 */
export async function addDevice(
  store: Store,
  row: DeviceInput,
  at: Date,
  by: Caller,
): Promise<{ id: Id<"device">; services: Id<"service">[] }> {
  return store.change((change) => putNewDevice(change, row, at, by));
}

/** The same within a change that adds more than one. */
export async function putNewDevice(
  change: Change,
  row: DeviceInput,
  at: Date,
  by: Caller,
): Promise<{ id: Id<"device">; services: Id<"service">[] }> {
  const { services: ports, contract, tags = [], ...said } = row;
  requireName("device's name", row.name);
  if (row.model) requireName("device's model", row.model);
  for (const port of ports) requireService(port);
  const id = newId("device");
  const services = ports.map((port): Service => ({ id: newId("service"), ...port }));
  const site = await siteOf(change.db, by, row);
  await requireNotLocked(change.db, by, site);
  const model = said.model ?? "";
  await insertDevice(change.db, { id, site, ...said, model, tags: JSON.stringify(tags) }, services);
  if (contract) await insertContract(change.db, { vendor: row.vendor, device: id, ...contract });
  await change.audit({
    at,
    action: "device.add",
    outcome: "done",
    actor: actorOf(by),
    site,
    vendor: row.vendor,
    subjects: { device: id, agent: row.agent },
    facts: { ...said, model, tags, services: ports, contract },
  });
  change.touch("register");
  return { id, services: services.map((service) => service.id) };
}

/**
 * Says a device anew: what was asked, signed and logged keeps the words of its time. A device stays at its site, and goes to another
 * agent or vendor only while no grant for it is open: a grant names its agent, and was given to its vendor. Throws `not-found`,
 * `bad-request`, and `state-conflict` for such a move.
 */
export async function changeDevice(
  store: Store,
  by: Caller,
  id: Id<"device">,
  said: DeviceSaid,
  at: Date,
): Promise<void> {
  await store.change((change) => putDevice(change, by, id, said, at));
}

/** The same within a change that changes more than one. */
export async function putDevice(change: Change, by: Caller, id: Id<"device">, said: DeviceSaid, at: Date) {
  requireName("device's name", said.name);
  const before = await deviceOf(change, by, id);
  if ((await siteOf(change.db, by, said)) !== before.site.id)
    throw new GenkanError("bad-request", "A device stays at its site: disable it here, and add it there.");
  if (said.agent !== before.agent.id || said.vendor !== before.vendor.id)
    await requireNoOpenGrant(change.db, id, at, "it goes to another agent or vendor");
  await updateDevice(change.db, by.scope, id, said);
  await change.audit({
    at,
    action: "device.change",
    outcome: "done",
    actor: actorOf(by),
    site: before.site.id,
    vendor: said.vendor,
    subjects: { device: id, agent: said.agent },
    facts: { ...said, before: saidOf(before) },
  });
  change.touch("register", "requests", "grants");
}

/**
 * Disables a device, or enables it again. While it is disabled nothing can be asked for it or begin at it, and what lives there ends
 * with the next round of leases. Throws `not-found`.
 */
export async function setDeviceOn(
  store: Store,
  by: Caller,
  id: Id<"device">,
  active: boolean,
  at: Date,
): Promise<void> {
  await store.urgent(async (change) => {
    const device = await deviceOf(change, by, id);
    if (device.active === active) return;
    await setDeviceActive(change.db, by.scope, id, active);
    await change.audit({
      at,
      action: active ? "device.enable" : "device.disable",
      outcome: "done",
      actor: actorOf(by),
      site: device.site.id,
      vendor: device.vendor.id,
      subjects: { device: id },
    });
    change.touch("register", "requests", "grants");
  });
}

/** The device that is to be changed; nobody who is locked changes it. Throws `not-found`, `denied`. */
export async function deviceOf({ db }: Change, by: Caller, id: Id<"device">): Promise<StoredDeviceRecord> {
  const device = await findDeviceRecord(db, by.scope, id);
  if (!device) throw new GenkanError("not-found", `No device is ${id}.`);
  await requireNotLocked(db, by, device.site.id);
  return device;
}

/** Throws `state-conflict` while grants for a device are open, live or ahead: they were signed for what it is. */
export async function requireNoOpenGrant(db: Db, device: Id<"device">, at: Date, what: string): Promise<void> {
  const open = await countOpenGrants(db, Scope.system(), device, at);
  if (open > 0) throw new GenkanError("state-conflict", `Revoke its grants before ${what}: ${open} are open.`);
}

/** Throws `bad-request` for a name that nobody could read, an address that is none, or an exception that would be shown and do nothing. */
export function requireService({ name, protocol, address, tls }: ServiceSaid): void {
  requireName("service's name", name);
  if (!readAddress(address))
    throw new GenkanError("bad-request", `The service's address is no IP literal: ${JSON.stringify(address)}`);
  if (tls && !ways[protocol].tls)
    throw new GenkanError("bad-request", "Exceptions of TLS are for a protocol that speaks it.");
}

/** What was said of a device last. */
export function saidOf({ name, model, vendor, agent, tags, location, owner, notes }: StoredDeviceRecord): DeviceSaid {
  return { name, model, vendor: vendor.id, agent: agent.id, tags, location, owner, notes };
}

/** The site of an agent, where its devices are. */
async function siteOf(db: Db, by: Caller, of: Pick<DeviceSaid, "agent" | "vendor">): Promise<Id<"site">> {
  const agent = await findAgent(db, by.scope, of.agent);
  const vendor = (await listVendors(db, by.scope)).find(({ id }) => id === of.vendor);
  if (!agent) throw new GenkanError("not-found", `No agent is ${of.agent}.`);
  if (!vendor) throw new GenkanError("not-found", `No vendor is ${of.vendor}.`);
  return agent.site.id;
}
