import type { Kysely } from "kysely";
import { table } from "./table.ts";

/** What hospitals keep of companies: for whom they work, their papers, and who works for them. */
export async function makeVendors(db: Kysely<unknown>): Promise<void> {
  await table(
    db,
    "vendor_site",
    ["vendor text not null references vendor (id)", "site text not null references site (id)", "since text not null"],
    ["primary key (vendor, site)"],
  );
  await table(db, "dossier", [
    "id text primary key",
    "vendor text not null references vendor (id)",
    "site text not null references site (id)",
    "kind text not null",
    "number text not null",
    "issued text not null",
    "expires text",
    "reference text",
  ]);
  await table(
    db,
    "subcontract",
    [
      "id text primary key",
      "site text not null references site (id)",
      "vendor text not null references vendor (id)",
      "subcontractor text not null references vendor (id)",
      "consent_from text",
      "consent_until text",
      "note text",
    ],
    ["unique (site, vendor, subcontractor)", "check ((consent_from is null) = (consent_until is null))"],
  );
  await table(db, "erasure_task", [
    "id text primary key",
    "vendor text not null references vendor (id)",
    "site text references site (id)",
    "what text not null",
    "due text not null",
    "opened_at text not null",
    "confirmed_at text",
    "confirmed_by text references person (id)",
    "reference text",
  ]);
  await table(db, "attestation_rule", ["name text primary key", "interval_ms bigint not null"]);
  await table(db, "attestation", [
    "id text primary key",
    "person text not null references person (id)",
    "vendor text not null references vendor (id)",
    "at text not null",
    '"by" text not null references person (id)',
  ]);
  await table(
    db,
    "suspension",
    [
      "person text not null references person (id)",
      "vendor text not null references vendor (id)",
      "since text not null",
    ],
    ["primary key (person, vendor)"],
  );
}
