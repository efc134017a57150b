import type { DeviceRecord, DeviceSaid, ServiceSaid } from "../protocol/api/device-record.ts";
import type { Id } from "../protocol/make-id.ts";
import { listContracts } from "./contract.ts";
import type { Db } from "./database.ts";
import { exceptionsOf } from "./device.ts";
import type { Scope } from "./scope.ts";

/** A device with all that is kept of it, also of what was disabled. Whether its agent is there only its links know. */
export type StoredDeviceRecord = Omit<DeviceRecord, "agent"> & { readonly agent: { id: Id<"agent">; name: string } };

/** By name; `only` one. */
export async function listDeviceRecords(db: Db, scope: Scope, only?: Id<"device">): Promise<StoredDeviceRecord[]> {
  const all = db
    .selectFrom("device")
    .innerJoin("site", "site.id", "device.site")
    .innerJoin("vendor", "vendor.id", "device.vendor")
    .innerJoin("agent", "agent.id", "device.agent")
    .where(scope.rows({ site: "device.site", vendor: "device.vendor" }))
    .selectAll("device")
    .select(["site.name as site_name", "site.zone", "vendor.name as vendor_name", "agent.name as agent_name"])
    .orderBy("device.name");
  const rows = await (only === undefined ? all : all.where("device.id", "=", only)).execute();
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const services = await db.selectFrom("service").selectAll().where("device", "in", ids).orderBy("name").execute();
  const used = await db
    .selectFrom("session")
    .select(({ fn }) => ["device", fn.max("started_at").as("at")])
    .where("device", "in", ids)
    .groupBy("device")
    .execute();
  const contracts = Map.groupBy(await listContracts(db, scope, only && [only]), ({ device }) => device.id);
  const byDevice = Map.groupBy(services, ({ device }) => device);
  const lastUsed = new Map(used.map(({ device, at }) => [device, at]));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    model: row.model,
    tags: JSON.parse(row.tags) as string[],
    location: row.location,
    owner: row.owner,
    notes: row.notes,
    site: { id: row.site, name: row.site_name },
    zone: row.zone,
    vendor: { id: row.vendor, name: row.vendor_name },
    agent: { id: row.agent, name: row.agent_name },
    active: row.active === 1,
    lastUsedAt: lastUsed.get(row.id) ?? null,
    services: (byDevice.get(row.id) ?? []).map(({ id, name, protocol, address, port, tls, active }) => ({
      id,
      name,
      protocol,
      address,
      port,
      ...exceptionsOf(tls),
      active: active === 1,
    })),
    contracts: (contracts.get(row.id) ?? []).map(({ id, vendor, starts, ends }) => ({ id, vendor, starts, ends })),
  }));
}

export async function findDeviceRecord(db: Db, scope: Scope, id: Id<"device">): Promise<StoredDeviceRecord | null> {
  return (await listDeviceRecords(db, scope, id))[0] ?? null;
}

/** The device of a service, whether or not either is in use. */
export async function findDeviceOfService(
  db: Db,
  scope: Scope,
  service: Id<"service">,
): Promise<StoredDeviceRecord | null> {
  const row = await db.selectFrom("service").select("device").where("id", "=", service).executeTakeFirst();
  return row ? findDeviceRecord(db, scope, row.device) : null;
}

/** Says a device anew. */
export async function updateDevice(
  db: Db,
  scope: Scope,
  id: Id<"device">,
  { tags, ...said }: DeviceSaid,
): Promise<void> {
  await db
    .updateTable("device")
    .set({ ...said, tags: JSON.stringify(tags) })
    .where("id", "=", id)
    .where(scope.rows({ site: "device.site", vendor: "device.vendor" }))
    .execute();
}

/** Turns a device on or off. */
export async function setDeviceActive(db: Db, scope: Scope, id: Id<"device">, active: boolean): Promise<void> {
  await db
    .updateTable("device")
    .set({ active: active ? 1 : 0 })
    .where("id", "=", id)
    .where(scope.rows({ site: "device.site", vendor: "device.vendor" }))
    .execute();
}

/** Says a service anew, of a device that was found in scope. */
export async function updateService(db: Db, id: Id<"service">, { tls, ...said }: ServiceSaid): Promise<void> {
  await db
    .updateTable("service")
    .set({ ...said, tls: tls ? JSON.stringify(tls) : null })
    .where("id", "=", id)
    .execute();
}

export async function setServiceActive(db: Db, id: Id<"service">, active: boolean): Promise<void> {
  await db
    .updateTable("service")
    .set({ active: active ? 1 : 0 })
    .where("id", "=", id)
    .execute();
}
