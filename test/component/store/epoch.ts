import { sql } from "kysely";
import type { Change } from "../../../store/store.ts";

/** A change that is about nothing but the epoch: the smallest that there is. */
export async function raiseEpoch({ db }: Pick<Change, "db">): Promise<void> {
  await sql.raw("update epoch set value = value + 1").execute(db);
}
