import { newId } from "../crypto/random.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** A vendor may touch a device from `starts` until `ends`. */
export async function insertContract(
  db: Db,
  row: { vendor: Id<"vendor">; device: Id<"device">; starts: Date; ends: Date },
): Promise<Id<"contract">> {
  const { vendor, device, starts, ends } = row;
  const id = newId("contract");
  await db
    .insertInto("contract")
    .values({
      id,
      vendor,
      device,
      starts_at: starts.toISOString(),
      ends_at: ends.toISOString(),
    })
    .execute();
  return id;
}

/** Says anew when a contract runs, of a device that was found in scope. */
export async function updateContract(
  db: Db,
  id: Id<"contract">,
  { starts, ends }: { starts: Date; ends: Date },
): Promise<void> {
  await db
    .updateTable("contract")
    .set({ starts_at: starts.toISOString(), ends_at: ends.toISOString() })
    .where("id", "=", id)
    .execute();
}

/** The contract under which a vendor may touch a device now: of those that have begun, the one that runs longest. */
export async function findContract(
  db: Db,
  scope: Scope,
  vendor: Id<"vendor">,
  device: Id<"device">,
  now: Date,
): Promise<{ start: number; end: number } | null> {
  const row = await db
    .selectFrom("contract")
    .innerJoin("device", "device.id", "contract.device")
    .select(["contract.starts_at", "contract.ends_at"])
    .where(scope.rows({ site: "device.site", vendor: "contract.vendor" }))
    .where("contract.vendor", "=", vendor)
    .where("contract.device", "=", device)
    .where("contract.starts_at", "<=", now.toISOString())
    .orderBy("contract.ends_at", "desc")
    .executeTakeFirst();
  return row ? { start: Date.parse(row.starts_at), end: Date.parse(row.ends_at) } : null;
}

/** Ends what runs beyond `at` between a vendor and a device, also what has not begun. How many contracts that were. */
export async function endContracts(db: Db, vendor: Id<"vendor">, device: Id<"device">, at: Date): Promise<number> {
  const result = await db
    .updateTable("contract")
    .set({ ends_at: at.toISOString() })
    .where("vendor", "=", vendor)
    .where("device", "=", device)
    .where("ends_at", ">", at.toISOString())
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}

/** Contracts with companies at the devices of a scope, by device and by when they begin; `only` one, or those of these devices. */
export async function listContracts(db: Db, scope: Scope, only?: Id<"contract"> | readonly Id<"device">[]) {
  const all = db
    .selectFrom("contract")
    .innerJoin("device", "device.id", "contract.device")
    .innerJoin("site", "site.id", "device.site")
    .innerJoin("vendor", "vendor.id", "contract.vendor")
    .where(scope.rows({ site: "device.site", vendor: "contract.vendor" }))
    .select([
      "contract.id",
      "contract.vendor as vendor_id",
      "vendor.name as vendor_name",
      "contract.starts_at as starts",
      "contract.ends_at as ends",
      "device.id as device_id",
      "device.name as device_name",
      "site.id as site_id",
      "site.name as site_name",
    ])
    .orderBy("device.name")
    .orderBy("contract.starts_at");
  const wanted =
    only === undefined
      ? all
      : typeof only === "string"
        ? all.where("contract.id", "=", only)
        : all.where("contract.device", "in", only);
  const rows = await wanted.execute();
  return rows.map(({ device_id, device_name, site_id, site_name, vendor_id, vendor_name, ...row }) => ({
    ...row,
    vendor: { id: vendor_id, name: vendor_name },
    device: { id: device_id, name: device_name },
    site: { id: site_id, name: site_name },
  }));
}
