import { type Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { appendOnly } from "./append-only.ts";
import { raiseEpochByTriggers } from "./fact.ts";
import { makeLog } from "./log-migration.ts";
import { table } from "./table.ts";

/**
 * Forward only. Until the first installation there is one migration, and it is edited in place; from then on one that has
 * landed is never edited, the next one mends it. Both dialects make the same tables: column types are those that both
 * know, and {@link table} writes down where PostgreSQL's differ.
 */
export const migrations: Record<string, Migration> = { "0001-house": { up: house } };

async function house(db: Kysely<unknown>): Promise<void> {
  await table(db, "setting", ["key text primary key", "value text not null"]);
  await table(db, "site", [
    "id text primary key",
    "name text not null",
    "zone text not null",
    "contact text",
    "active integer not null",
  ]);
  await table(db, "vendor", ["id text primary key", "name text not null", "active integer not null"]);
  await table(db, "person", [
    "id text primary key",
    "name text not null",
    "login text not null unique",
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
  await table(db, "enrolment", [
    "code_hash text primary key",
    "person text not null references person (id)",
    "expires_at text not null",
    "used_at text",
  ]);
  await table(db, "authenticator", [
    "id text primary key",
    "person text not null references person (id)",
    "kind text not null",
    "rp text",
    "origin text",
    "credential text unique",
    "public_key text",
    "transports text",
    "label text not null",
    "password_hash text",
    "totp_sealed text",
    "totp_step bigint",
    "created_at text not null",
    "expires_at text not null",
  ]);
  await table(db, "ceremony", [
    "id text primary key",
    "kind text not null",
    "face text not null",
    "person text",
    "bound_to text",
    "challenge text not null",
    "data text not null",
    "expires_at text not null",
    "used_at text",
  ]);
  await table(db, "workstation", [
    "id text primary key",
    "person text not null references person (id)",
    "label text not null",
    "created_at text not null",
  ]);
  await table(db, "workstation_key", [
    "id text primary key",
    "workstation text not null references workstation (id)",
    "kind text not null",
    "thumbprint text not null unique",
    "jwk text not null",
    "created_at text not null",
  ]);
  await table(db, "sign_in", [
    "id text primary key",
    "token_hash text not null unique",
    "person text not null references person (id)",
    "face text not null",
    "kind text not null",
    "factors text not null",
    "dpop_key text",
    "network text",
    "workstation text references workstation (id)",
    "created_at text not null",
    "used_at text not null",
    "expires_at text not null",
    "ended_at text",
  ]);
  // Asked by anybody who tries a password.
  await sql.raw(`create index sign_in_by_network on sign_in (person, network)`).execute(db);
  await table(db, "device_code", [
    "code_hash text primary key",
    "user_code text not null unique",
    "face text not null",
    "jwk text",
    "thumbprint text",
    "label text",
    "address text not null",
    "state text not null",
    "person text",
    "factors text",
    "workstation text",
    "created_at text not null",
    "expires_at text not null",
    "polled_at text",
  ]);
  await table(db, "used_once", ["value text primary key", "expires_at text not null"]);
  // Each use forgets what has expired; without an index it would look at every value that is kept.
  await sql.raw(`create index used_once_by_expiry on used_once (expires_at)`).execute(db);
  await table(db, "agent", [
    "id text primary key",
    "site text not null references site (id)",
    "name text not null",
    "key text not null unique",
    "seal_key text not null",
    "active integer not null",
    "joined_at text not null",
    "seen_at text",
    "recorder integer not null",
    "skew_ms bigint",
    "trust_version integer",
    "trust_hash text",
  ]);
  await table(db, "join_token", [
    "token_hash text primary key",
    "site text not null references site (id)",
    "expires_at text not null",
    "used_at text",
  ]);
  await table(db, "gateway", [
    "id text primary key",
    "name text not null",
    "host text not null",
    "port integer not null",
    "key text not null",
  ]);
  await table(db, "device", [
    "id text primary key",
    "site text not null references site (id)",
    "vendor text not null references vendor (id)",
    "agent text not null references agent (id)",
    "name text not null",
    "model text not null",
  ]);
  await table(db, "service", [
    "id text primary key",
    "device text not null references device (id)",
    "name text not null",
    "protocol text not null",
    "address text not null",
    "port integer not null",
    "tls text",
  ]);
  await table(db, "contract", [
    "id text primary key",
    "vendor text not null references vendor (id)",
    "device text not null references device (id)",
    "starts_at text not null",
    "ends_at text not null",
  ]);
  await table(db, "request", [
    "id text primary key",
    "site text not null",
    "vendor text not null",
    "person text not null references person (id)",
    "workstation text not null references workstation (id)",
    "device text not null references device (id)",
    "hash text not null unique",
    "statement text not null",
    "closes_at text not null",
    "state text not null",
    "created_at text not null",
    "decided_at text",
    "decided_by text",
    "denial text",
  ]);
  await table(db, "grant", [
    "id text primary key",
    "hash text not null unique",
    "request text not null unique references request (id)",
    "site text not null",
    "vendor text not null",
    "person text not null",
    "workstation text not null",
    "device text not null",
    "agent text not null",
    "bytes text not null",
    "proposed_at text not null",
    "approved_at text",
    "revoked_at text",
    "revoked_by text",
    "revocation text",
  ]);
  await table(
    db,
    "grant_window",
    ['"grant" text not null references "grant" (id)', "start text not null", '"end" text not null'],
    ['primary key ("grant", start)'],
  );
  await table(
    db,
    "approval",
    [
      "id text primary key",
      '"grant" text not null references "grant" (id)',
      "person text not null references person (id)",
      "signed text not null",
      "created_at text not null",
    ],
    // One decision per approver.
    ['unique ("grant", person)'],
  );
  await table(db, "session", [
    "id text primary key",
    '"grant" text not null references "grant" (id)',
    "site text not null",
    "vendor text not null",
    "person text not null",
    "workstation text not null",
    "device text not null",
    "service text not null",
    "agent text not null",
    "gateway text not null",
    "sign_in text not null",
    "client text not null",
    "host text not null",
    "state text not null",
    "frozen_at text",
    "frozen_by text references person",
    "frozen_reason text",
    "started_at text not null",
    "ended_at text",
    "reason text",
    "ended_by text",
    "bytes_up bigint not null",
    "bytes_down bigint not null",
    "connections integer not null",
    "window_end text not null",
    "epoch bigint not null",
    "valid_until text",
  ]);
  await sql.raw(`create index session_by_state on session (state)`).execute(db);
  await table(db, "recording", [
    "session text primary key references session (id)",
    "bytes bigint not null",
    "certificates integer not null",
    "closed integer not null",
  ]);
  await table(
    db,
    "session_entry",
    ["session text not null references session (id)", "number integer not null", "entry text not null"],
    ["primary key (session, number)"],
  );
  await table(db, "lock", [
    "id text primary key",
    "kind text not null",
    "target text",
    "site text",
    "name text",
    "reason text not null",
    "created_at text not null",
    "created_by text not null",
    "lifted_at text",
    "lifted_by text",
  ]);
  await table(db, "epoch", ["name text primary key", "value bigint not null"]);
  await sql.raw(`insert into epoch (name, value) values ('facts', 1)`).execute(db);
  await table(
    db,
    "approver_list",
    [
      "site text not null references site (id)",
      "version integer not null",
      "hash text not null",
      "statement text not null",
      "signatures text not null",
      "state text not null",
      "created_at text not null",
    ],
    ["primary key (site, version)"],
  );
  await makeLog(db);
  await appendOnly(db);
  await raiseEpochByTriggers(db);
}
