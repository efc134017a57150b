import { newId } from "../crypto/random.ts";
import type { ServiceSaid } from "../protocol/api/device-record.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Service } from "../protocol/service.ts";
import { insertService } from "../store/device.ts";
import { findDeviceOfService, setServiceActive, updateService } from "../store/device-record.ts";
import type { Change, Store } from "../store/store.ts";
import { actorOf, type Caller } from "./caller.ts";
import { deviceOf, requireNoOpenGrant, requireService } from "./device.ts";

/** One more port of a device. Returns the device. Throws `not-found`, `bad-request`. */
export async function addService(
  store: Store,
  by: Caller,
  device: Id<"device">,
  said: ServiceSaid,
  at: Date,
): Promise<Id<"device">> {
  await store.change((change) => putNewService(change, by, device, said, at));
  return device;
}

/** The same within a change that adds more than one. */
export async function putNewService(change: Change, by: Caller, of: Id<"device">, said: ServiceSaid, at: Date) {
  requireService(said);
  const device = await deviceOf(change, by, of);
  const id = newId("service");
  await insertService(change.db, of, { id, ...said });
  await change.audit({
    at,
    action: "service.add",
    outcome: "done",
    actor: actorOf(by),
    site: device.site.id,
    vendor: device.vendor.id,
    subjects: { device: of, service: id },
    facts: { ...said },
  });
  change.touch("register");
}

/**
 * Says a service anew. Where it is, and how it is spoken to, stands signed in each grant, and agents dial what was signed: it
 * changes only while no grant for the device is open. Returns the device. Throws `not-found`, `bad-request`, `state-conflict`.
 */
export async function changeService(
  store: Store,
  by: Caller,
  id: Id<"service">,
  said: ServiceSaid,
  at: Date,
): Promise<Id<"device">> {
  return store.change((change) => putService(change, by, id, said, at));
}

/** The same within a change that changes more than one. */
export async function putService(
  change: Change,
  by: Caller,
  id: Id<"service">,
  said: ServiceSaid,
  at: Date,
): Promise<Id<"device">> {
  requireService(said);
  const { device, service } = await serviceOf(change, by, id);
  if (!sameTarget(service, said))
    await requireNoOpenGrant(change.db, device.id, at, "its service is to be reached in another way");
  await updateService(change.db, id, said);
  const { id: _, active: _active, ...before } = service;
  await change.audit({
    at,
    action: "service.change",
    outcome: "done",
    actor: actorOf(by),
    site: device.site.id,
    vendor: device.vendor.id,
    subjects: { device: device.id, service: id },
    facts: { ...said, before },
  });
  change.touch("register", "requests", "grants");
  return device.id;
}

/** Disables a service of a device, or enables it again; sessions to it end. Returns the device. Throws `not-found`. */
export async function setServiceOn(
  store: Store,
  by: Caller,
  id: Id<"service">,
  active: boolean,
  at: Date,
): Promise<Id<"device">> {
  return store.urgent(async (change) => {
    const { device, service } = await serviceOf(change, by, id);
    if (service.active === active) return device.id;
    await setServiceActive(change.db, id, active);
    await change.audit({
      at,
      action: active ? "service.enable" : "service.disable",
      outcome: "done",
      actor: actorOf(by),
      site: device.site.id,
      vendor: device.vendor.id,
      subjects: { device: device.id, service: id },
    });
    change.touch("register", "requests", "grants");
    return device.id;
  });
}

/** Whether an agent that dials one, and speaks as it says, reaches the other. */
export function sameTarget(one: ServiceSaid, other: ServiceSaid): boolean {
  const alike = (["protocol", "address", "port"] as const).every((part) => one[part] === other[part]);
  return alike && exceptions(one) === exceptions(other);
}
const exceptions = ({ tls = [] }: Pick<Service, "tls">) => tls.toSorted().join();

async function serviceOf(change: Change, by: Caller, id: Id<"service">) {
  const found = await findDeviceOfService(change.db, by.scope, id);
  const service = found?.services.find((one) => one.id === id);
  if (!found || !service) throw new GenkanError("not-found", `No service is ${id}.`);
  return { device: await deviceOf(change, by, found.id), service };
}
