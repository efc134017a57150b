import { type Kysely, sql } from "kysely";
import { isPostgres } from "./dialect.ts";
import type { Schema } from "./schema.ts";

/** A table whose rows decisions stand on. */
interface Fact<T extends keyof Schema> {
  /** What decisions read of a row; true of every column that could change one. */
  readonly columns: Readonly<Record<keyof Schema[T], boolean>>;
  /** Whether a new row can change a decision on a session that lives already. A session that lives can't refer to the others. */
  readonly born: boolean;
}

/**
 * The one list of what decisions stand on. A change to any of it raises the epoch in its own transaction, by a trigger, so that
 * no verb can forget; what is not listed here no decision on a live session reads. A new column of these tables does not compile until
 * somebody has said which it is.
 */
export const facts: { readonly [T in keyof Schema]?: Fact<T> } = {
  site: { born: false, columns: { id: false, name: false, zone: false, contact: false, active: true } },
  vendor: { born: false, columns: { id: true, name: false, contact: false, mail_domains: false, active: true } },
  attestation: { born: true, columns: { id: false, person: true, vendor: true, at: true, by: false } },
  attestation_rule: { born: true, columns: { name: false, interval_ms: true } },
  subcontract: {
    born: true,
    columns: {
      id: false,
      site: true,
      vendor: true,
      subcontractor: true,
      consent_from: true,
      consent_until: true,
      note: false,
    },
  },
  contract: { born: true, columns: { id: false, vendor: true, device: true, starts_at: true, ends_at: true } },
  person: {
    born: false,
    columns: {
      id: true,
      name: false,
      login: false,
      active: true,
      created_at: true,
      invited_by: false,
    },
  },
  membership: {
    born: true,
    columns: { id: false, person: true, site: true, vendor: true, roles: true, until: true },
  },
  sign_in: {
    born: false,
    columns: {
      id: true,
      token_hash: false,
      person: true,
      face: false,
      kind: false,
      factors: true,
      dpop_key: false,
      network: false,
      workstation: true,
      created_at: false,
      used_at: false,
      expires_at: false,
      ended_at: true,
    },
  },
  workstation: {
    born: false,
    columns: { id: true, person: true, label: false, created_at: false, removed_at: false },
  },
  workstation_key: {
    born: true,
    columns: { id: false, workstation: true, kind: false, thumbprint: true, jwk: false, created_at: false },
  },
  agent: {
    born: false,
    columns: {
      id: true,
      site: false,
      name: false,
      key: false,
      seal_key: false,
      active: true,
      joined_at: false,
      seen_at: false,
      recorder: false,
      skew_ms: false,
      trust_version: false,
      trust_hash: false,
    },
  },
  device: {
    born: false,
    columns: {
      id: true,
      site: true,
      vendor: true,
      agent: true,
      name: false,
      model: false,
      tags: false,
      location: false,
      owner: false,
      notes: false,
      active: true,
    },
  },
  service: {
    born: true,
    columns: {
      id: true,
      device: true,
      name: false,
      protocol: false,
      address: false,
      port: false,
      tls: false,
      active: true,
    },
  },
  grant: {
    born: false,
    columns: {
      id: true,
      hash: true,
      request: false,
      site: true,
      vendor: true,
      person: true,
      workstation: true,
      device: true,
      agent: true,
      bytes: true,
      proposed_at: false,
      approved_at: true,
      revoked_at: true,
      revoked_by: false,
      revocation: false,
    },
  },
  approval: { born: true, columns: { id: false, grant: true, person: true, signed: true, created_at: false } },
  lock: {
    born: true,
    columns: {
      id: false,
      kind: true,
      target: true,
      site: true,
      name: false,
      reason: false,
      created_at: false,
      created_by: false,
      lifted_at: true,
      lifted_by: false,
    },
  },
  approver_list: {
    born: true,
    columns: {
      site: true,
      version: true,
      hash: true,
      statement: true,
      signatures: true,
      state: true,
      created_at: false,
    },
  },
};

/** Makes the triggers that raise the epoch: after a listed column took another value, a row went, or one came that counts. */
export async function raiseEpochByTriggers(db: Kysely<unknown>): Promise<void> {
  const raise = "update epoch set value = value + 1 where name = 'facts'";
  const postgres = isPostgres(db);
  if (postgres)
    await sql
      .raw(`create function genkan_fact() returns trigger language plpgsql as $$ begin ${raise}; return null; end $$`)
      .execute(db);
  const after = (table: string, act: "insert" | "update" | "delete", changed: readonly string[] = []) => {
    const when = changed.map((column) => `new."${column}" is not old."${column}"`).join(" or ");
    const condition =
      when === "" ? "" : `when (${postgres ? when.replaceAll(" is not ", " is distinct from ") : when})`;
    const body = postgres ? "execute function genkan_fact()" : `begin ${raise}; end`;
    const head = `create trigger ${table}_fact_${act} after ${act} on "${table}" for each row`;
    return sql.raw(`${head} ${condition} ${body}`).execute(db);
  };
  for (const [table, { born, columns }] of Object.entries(facts)) {
    const read = Object.entries(columns).flatMap(([column, counts]) => (counts ? [column] : []));
    if (born) await after(table, "insert");
    await after(table, "update", read);
    await after(table, "delete");
  }
}
