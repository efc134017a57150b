import { newId } from "../crypto/random.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";

export interface GatewayRow {
  readonly id: Id<"gateway">;
  readonly name: string;
  /** Where the authority, agents and clients reach it. */
  readonly host: string;
  readonly port: number;
  /** SHA-256 of its public key. */
  readonly key: string;
}

export async function listGateways(db: Db): Promise<GatewayRow[]> {
  return db.selectFrom("gateway").selectAll().orderBy("name").execute();
}

/** Adds a gateway, or says where the one of this name is now. Inside a change one name is one gateway. */
export async function putGateway(db: Db, row: Omit<GatewayRow, "id">): Promise<Id<"gateway">> {
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
