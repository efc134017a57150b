import type { Kysely } from "kysely";
import type { Migration } from "kysely/migration";
import { makeAccess } from "./access-migration.ts";
import { appendOnly } from "./append-only.ts";
import { makeDevices } from "./device-migration.ts";
import { raiseEpochByTriggers } from "./fact.ts";
import { makeLog } from "./log-migration.ts";
import { makePeople } from "./people-migration.ts";
import { makeSignIns } from "./sign-in-migration.ts";
import { makeVendors } from "./vendor-migration.ts";

/**
 * Forward only. Until the first installation there is one migration, and it is edited in place; from then on one that has
 * landed is never edited, the next one mends it. Both dialects make the same tables: column types are those that both
 * know, and `table.ts` writes down where PostgreSQL's differ.
 */
export const migrations: Record<string, Migration> = { "0001-house": { up: house } };

async function house(db: Kysely<unknown>): Promise<void> {
  await makePeople(db);
  await makeVendors(db);
  await makeSignIns(db);
  await makeDevices(db);
  await makeAccess(db);
  await makeLog(db);
  await appendOnly(db);
  await raiseEpochByTriggers(db);
}
