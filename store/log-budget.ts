import { GenkanError } from "../protocol/error.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";

/**
 * Adds to what a person has had written into the log on that day (UTC): the log is kept for good, and whoever asks and
 * withdraws all day would fill the disk. Throws `log-budget-spent` beyond {@link limits.logBytesPerPerson}, for what is
 * `refusable`: a refusal is recorded and a lock is set whatever was written before.
 */
export async function spendLogBudget(
  db: Db,
  of: { person: string; at: Date; bytes: number; refusable: boolean },
): Promise<void> {
  const day = of.at.toISOString().slice(0, 10);
  const row = await db
    .insertInto("log_use")
    .values({ person: of.person, day, bytes: of.bytes })
    .onConflict((oc) =>
      oc.columns(["person", "day"]).doUpdateSet((eb) => ({ bytes: eb("log_use.bytes", "+", of.bytes) })),
    )
    .returning("bytes")
    .executeTakeFirstOrThrow();
  if (of.refusable && Number(row.bytes) > limits.logBytesPerPerson) throw new GenkanError("log-budget-spent");
  if (Number(row.bytes) > of.bytes) return;
  // The first of a day: what was counted before is over.
  await db.deleteFrom("log_use").where("day", "<", day).where("person", "=", of.person).execute();
}
