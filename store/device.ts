import { type Expression, expressionBuilder, type Insertable, type SqlBool } from "kysely";
import type { DeviceView } from "../protocol/api/device.ts";
import type { Pin } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import { type Service, serviceRef, type TlsException } from "../protocol/service.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export interface Device {
  readonly id: Id<"device">;
  readonly name: string;
  readonly model: string;
  readonly site: { id: Id<"site">; name: string; zone: string };
  readonly vendor: { id: Id<"vendor">; name: string };
  readonly agent: { id: Id<"agent">; name: string; key: Pin };
  /** Neither it nor its site was disabled. */
  readonly active: boolean;
  /** Those that are in use. */
  readonly services: Service[];
}

/** A device with its services, each one port of it. */
export async function insertDevice(
  db: Db,
  device: Insertable<Schema["device"]>,
  services: readonly Service[],
): Promise<void> {
  await db.insertInto("device").values(device).execute();
  for (const service of services) await insertService(db, device.id, service);
}

export async function insertService(db: Db, device: Id<"device">, { tls, ...service }: Service): Promise<void> {
  await db
    .insertInto("service")
    .values({ ...service, device, tls: tls ? JSON.stringify(tls) : null })
    .execute();
}

/** The exceptions of a service's row, as a service has them. */
export function exceptionsOf(tls: string | null): { tls?: TlsException[] } {
  return tls === null ? {} : { tls: JSON.parse(tls) as TlsException[] };
}

/** Devices that a scope may see: of a company its own, and those on which it works as a subcontractor. */
function devicesOf(scope: Scope): Expression<SqlBool> {
  const own = scope.rows({ site: "device.site", vendor: "device.vendor" });
  if (scope.vendor === null) return own;
  const eb = expressionBuilder<Schema, "device">();
  const subcontracted = eb
    .selectFrom("subcontract")
    .select("subcontract.id")
    .whereRef("subcontract.site", "=", "device.site")
    .whereRef("subcontract.vendor", "=", "device.vendor")
    .where("subcontract.subcontractor", "=", scope.vendor);
  return eb.or([own, eb.exists(subcontracted)]);
}

const devices = (db: Db, scope: Scope) =>
  db
    .selectFrom("device")
    .innerJoin("site", "site.id", "device.site")
    .innerJoin("vendor", "vendor.id", "device.vendor")
    .innerJoin("agent", "agent.id", "device.agent")
    .where(devicesOf(scope))
    .select([
      "device.id",
      "device.name",
      "device.model",
      "device.active",
      "site.id as site_id",
      "site.name as site_name",
      "site.zone as site_zone",
      "site.active as site_active",
      "vendor.id as vendor_id",
      "vendor.name as vendor_name",
      "agent.id as agent_id",
      "agent.name as agent_name",
      "agent.key as agent_key",
    ])
    .orderBy("device.name");

/** By name; only this one, or those behind an agent, where one is named. */
export async function listDevices(
  db: Db,
  scope: Scope,
  only: { readonly id?: Id<"device">; readonly agent?: Id<"agent"> } = {},
): Promise<Device[]> {
  const { id, agent } = only;
  const rows = await devices(db, scope)
    .$if(id !== undefined, (query) => query.where("device.id", "=", id ?? null))
    .$if(agent !== undefined, (query) => query.where("device.agent", "=", agent ?? null))
    .execute();
  if (rows.length === 0) return [];
  const services = await db
    .selectFrom("service")
    .selectAll()
    .where("active", "=", 1)
    .where(
      "device",
      "in",
      rows.map(({ id }) => id),
    )
    .orderBy("name")
    .execute();
  const byDevice = Map.groupBy(services, ({ device }) => device);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    model: row.model,
    site: { id: row.site_id, name: row.site_name, zone: row.site_zone },
    vendor: { id: row.vendor_id, name: row.vendor_name },
    agent: { id: row.agent_id, name: row.agent_name, key: row.agent_key },
    active: row.active === 1 && row.site_active === 1,
    services: (byDevice.get(row.id) ?? []).map(({ id, name, protocol, address, port, tls }) => ({
      id,
      name,
      protocol,
      address,
      port,
      ...exceptionsOf(tls),
    })),
  }));
}

export async function findDevice(db: Db, scope: Scope, id: Id<"device">): Promise<Device | null> {
  return (await listDevices(db, scope, { id }))[0] ?? null;
}

/** What pages see: services without their addresses. */
export function deviceView(device: Device, connected: (agent: Id<"agent">) => boolean): DeviceView {
  return {
    id: device.id,
    name: device.name,
    model: device.model,
    site: { id: device.site.id, name: device.site.name },
    zone: device.site.zone,
    vendor: device.vendor,
    active: device.active,
    services: device.services.map(serviceRef),
    agent: { id: device.agent.id, name: device.agent.name, connected: connected(device.agent.id) },
  };
}
