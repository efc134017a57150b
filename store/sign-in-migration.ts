import { type Kysely, sql } from "kysely";
import { table } from "./table.ts";

/** What people sign in with, from where, and on which workstation. */
export async function makeSignIns(db: Kysely<unknown>): Promise<void> {
  await table(db, "enrolment", [
    "code_hash text primary key",
    "person text not null references person (id)",
    "created_at text not null",
    "expires_at text not null",
    "used_at text",
    "given_by text",
    "reason text",
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
    "aaguid text",
    "password_hash text",
    "totp_sealed text",
    "totp_step bigint",
    "created_at text not null",
    "used_at text",
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
    "removed_at text",
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
  await table(db, "first_code", ["code_hash text primary key", "expires_at text not null"]);
  await table(db, "used_once", ["value text primary key", "expires_at text not null"]);
  // Each use forgets what has expired; without an index it would look at every value that is kept.
  await sql.raw(`create index used_once_by_expiry on used_once (expires_at)`).execute(db);
}
