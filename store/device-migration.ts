import type { Kysely } from "kysely";
import { table } from "./table.ts";

/** Agents, gateways, and the devices behind them with their contracts. */
export async function makeDevices(db: Kysely<unknown>): Promise<void> {
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
    "active integer not null default 1",
  ]);
  await table(db, "retention", [
    "site text primary key references site (id)",
    "recording_days integer",
    "log_days integer",
  ]);
  await table(db, "device", [
    "id text primary key",
    "site text not null references site (id)",
    "vendor text not null references vendor (id)",
    "agent text not null references agent (id)",
    "name text not null",
    "model text not null",
    "tags text not null default '[]'",
    "location text",
    "owner text",
    "notes text",
    "active integer not null default 1",
  ]);
  await table(db, "service", [
    "id text primary key",
    "device text not null references device (id)",
    "name text not null",
    "protocol text not null",
    "address text not null",
    "port integer not null",
    "tls text",
    "active integer not null default 1",
  ]);
  await table(db, "reach", [
    "service text primary key references service (id)",
    "reach text not null",
    "at text not null",
  ]);
  await table(db, "contract", [
    "id text primary key",
    "vendor text not null references vendor (id)",
    "device text not null references device (id)",
    "starts_at text not null",
    "ends_at text not null",
  ]);
}
