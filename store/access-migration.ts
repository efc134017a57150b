import { type Kysely, sql } from "kysely";
import { table } from "./table.ts";

/** What is asked, granted, done and recorded, and what is locked. */
export async function makeAccess(db: Kysely<unknown>): Promise<void> {
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
}
