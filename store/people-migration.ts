import { type Kysely, sql } from "kysely";
import { table } from "./table.ts";

/** Sites, vendors, and where each person belongs. */
export async function makePeople(db: Kysely<unknown>): Promise<void> {
  await table(db, "setting", ["key text primary key", "value text not null"]);
  await table(db, "site", [
    "id text primary key",
    "name text not null",
    "zone text not null",
    "contact text",
    "active integer not null",
  ]);
  await table(db, "vendor", [
    "id text primary key",
    "name text not null",
    "contact text",
    "mail_domains text not null",
    "active integer not null",
  ]);
  await table(db, "person", [
    "id text primary key",
    "name text not null",
    "login text not null unique",
    "active integer not null",
    "created_at text not null",
    "invited_by text",
  ]);
  await table(db, "provider", [
    "id text primary key",
    "issuer text not null",
    "face text not null",
    "site text references site (id)",
    "vendor text references vendor (id)",
    "label text not null",
    "client_id text not null",
    "secret_sealed text not null",
    "mapping text not null",
    "two_factors text not null",
    "max_age_seconds integer",
    "active integer not null",
    "created_at text not null",
  ]);
  await table(
    db,
    "membership",
    [
      "id text primary key",
      "person text not null references person (id)",
      "site text references site (id)",
      "vendor text references vendor (id)",
      "roles text not null",
      "until text",
    ],
    ["unique (person, site)", "unique (person, vendor)", "check (site is null or vendor is null)"],
  );
  // Nulls are never equal to each other, so the constraints above hold none of these.
  await sql
    .raw(`create unique index membership_of_installation on membership (person) where site is null and vendor is null`)
    .execute(db);
  await table(
    db,
    "identity",
    [
      "id text primary key",
      "person text not null references person (id)",
      "issuer text not null",
      "subject text not null",
    ],
    ["unique (issuer, subject)"],
  );
}
