import { newId } from "../crypto/random.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

/** How long a vendor's word on somebody counts, in milliseconds. */
export async function readAttestationInterval(db: Db): Promise<number> {
  const row = await db.selectFrom("attestation_rule").select("interval_ms").executeTakeFirst();
  return Number(row?.interval_ms ?? limits.attestationMs);
}

export async function writeAttestationInterval(db: Db, ms: number): Promise<void> {
  await db
    .insertInto("attestation_rule")
    .values({ name: "interval", interval_ms: ms })
    .onConflict((oc) => oc.column("name").doUpdateSet({ interval_ms: ms }))
    .execute();
}

export async function insertAttestation(
  db: Db,
  row: { person: Id<"person">; vendor: Id<"vendor">; by: Id<"person">; at: Date },
): Promise<Id<"attestation">> {
  const id = newId("attestation");
  await db
    .insertInto("attestation")
    .values({ id, ...row, at: row.at.toISOString() })
    .execute();
  return id;
}

/** By person and vendor: the newest word, and when the person was added. */
const attested = (db: Db, scope: Scope) =>
  db
    .selectFrom("person")
    .innerJoin("membership", "membership.person", "person.id")
    .leftJoin("attestation", (join) =>
      join.onRef("attestation.person", "=", "person.id").onRef("attestation.vendor", "=", "membership.vendor"),
    )
    .where("membership.vendor", "is not", null)
    .where(scope.rows({ vendor: "membership.vendor", person: "membership.person" }))
    .select(({ fn }) => [
      "person.id as person",
      "membership.vendor",
      "person.created_at",
      fn.max("attestation.at").as("at"),
    ])
    .groupBy(["person.id", "membership.vendor", "person.created_at"]);

const since = (row: { at: string | null; created_at: string }) => Date.parse(row.at ?? row.created_at);

/** When a vendor last said that somebody works there, or else when they were added; epoch milliseconds. Null for nobody. */
export async function findAttested(
  db: Db,
  scope: Scope,
  person: Id<"person">,
  vendor: Id<"vendor">,
): Promise<number | null> {
  const of = attested(db, scope).where("person.id", "=", person).where("membership.vendor", "=", vendor);
  const row = await of.executeTakeFirst();
  return row ? since(row) : null;
}

/** The same of everybody in a scope, by person: somebody is of one vendor at a time. */
export async function listAttested(
  db: Db,
  scope: Scope,
): Promise<{ person: Id<"person">; vendor: Id<"vendor"> | null; since: number }[]> {
  const rows = await attested(db, scope).execute();
  return rows.map((row) => ({ person: row.person, vendor: row.vendor, since: since(row) }));
}

/** Who is suspended, and since when; of a vendor its own. */
export async function listSuspended(
  db: Db,
  scope: Scope,
): Promise<{ person: Id<"person">; vendor: Id<"vendor">; since: string }[]> {
  return db
    .selectFrom("suspension")
    .selectAll()
    .where(scope.rows({ vendor: "suspension.vendor", person: "suspension.person" }))
    .execute();
}

/** False when they were suspended before. */
export async function suspend(
  db: Db,
  { person, vendor, at }: { person: Id<"person">; vendor: Id<"vendor">; at: Date },
): Promise<boolean> {
  const result = await db
    .insertInto("suspension")
    .values({ person, vendor, since: at.toISOString() })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function restore(db: Db, person: Id<"person">, vendor: Id<"vendor">): Promise<void> {
  await db.deleteFrom("suspension").where("person", "=", person).where("vendor", "=", vendor).execute();
}
