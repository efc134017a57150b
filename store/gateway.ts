import { newId } from "../crypto/random.ts";
import type { Pin } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";

export interface GatewayRow {
  readonly id: Id<"gateway">;
  readonly name: string;
  /** Where the authority, agents and clients reach it. */
  readonly host: string;
  readonly port: number;
  /** SHA-256 of its public key. */
  readonly key: Pin;
  /** Nobody has disabled it. */
  readonly active: boolean;
}
export type GatewayPlace = Omit<GatewayRow, "id" | "active">;

export async function listGateways(db: Db): Promise<GatewayRow[]> {
  const rows = await db.selectFrom("gateway").selectAll().orderBy("name").execute();
  return rows.map(({ active, ...row }) => ({ ...row, active: active === 1 }));
}

/** Adds a gateway, or says where the one of this name is now. Inside a change one name is one gateway. */
export async function putGateway(db: Db, row: GatewayPlace): Promise<Id<"gateway">> {
  const known = await db.selectFrom("gateway").select("id").where("name", "=", row.name).executeTakeFirst();
  if (known) {
    await db
      .updateTable("gateway")
      .set({ host: row.host, port: row.port, key: row.key })
      .where("id", "=", known.id)
      .execute();
    return known.id;
  }
  const id = newId("gateway");
  await db
    .insertInto("gateway")
    .values({ id, ...row })
    .execute();
  return id;
}

/** Says a gateway anew, or turns it on or off. */
export async function updateGateway(
  db: Db,
  id: Id<"gateway">,
  { active, ...place }: Partial<Omit<GatewayRow, "id">>,
): Promise<void> {
  await db
    .updateTable("gateway")
    .set({ ...place, ...(active === undefined ? {} : { active: active ? 1 : 0 }) })
    .where("id", "=", id)
    .execute();
}
