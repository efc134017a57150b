import { type Kysely, sql } from "kysely";
import { isPostgres } from "./dialect.ts";

/**
 * The database itself refuses to rewrite history: the log (erasing a body and its salt is the one change that the law may
 * ask for), where somebody has belonged, what was asked, grants but for when they came in force and their revocation, each written once, approvals, recordings, how a session ended, and trust
 * roots, which only move on.
 */
export async function appendOnly(db: Kysely<unknown>): Promise<void> {
  const refuse = isPostgres(db) ? await postgresRefusal(db) : sqliteRefusal(db);
  const changed = (...columns: string[]) => columns.map((column) => `new."${column}" is not old."${column}"`);
  await refuse("log_record", "delete");
  await refuse("log_record", "update", [
    ...changed("index", "id", "leaf"),
    "new.body is not null",
    "new.salt is not null",
  ]);
  await eraseFromIndex(db);
  await refuse("log_checkpoint", "delete");
  await refuse("log_checkpoint", "update");
  await refuse("membership", "delete");
  await refuse("membership", "update", changed("id", "person", "site", "vendor"));
  // Whom a provider means is taken back and said anew, each with its record; nobody becomes somebody else in place.
  await refuse("identity", "update");
  // Of whom the log says that a provider signed them in, and where it was.
  await refuse("provider", "delete");
  await refuse("provider", "update", changed("id", "issuer", "face", "site", "vendor", "created_at"));
  await refuse("attestation", "delete");
  await refuse("attestation", "update");
  await refuse("erasure_task", "delete");
  await refuse("erasure_task", "update", [
    ...changed("id", "vendor", "site", "what", "due", "opened_at"),
    "old.confirmed_at is not null",
  ]);
  await refuse("grant", "delete");
  await refuse("grant", "update", [
    ...changed("id", "hash", "request", "site", "vendor", "person", "workstation", "device", "agent", "bytes"),
    ...changed("proposed_at"),
    `(old.approved_at is not null and ${changed("approved_at")[0]})`,
    `(old.revoked_at is not null and (${changed("revoked_at", "revoked_by", "revocation").join(" or ")}))`,
  ]);
  await refuse("grant_window", "delete");
  await refuse("grant_window", "update");
  await refuse("request", "update", changed("id", "hash", "statement", "person", "workstation", "device", "closes_at"));
  await refuse("approval", "delete");
  await refuse("approval", "update");
  await refuse("session_entry", "delete");
  await refuse("session_entry", "update");
  await refuse("recording", "delete");
  await refuse("recording", "update", [
    ...changed("session"),
    "old.closed = 1",
    "new.bytes < old.bytes",
    "new.certificates < old.certificates",
  ]);
  await refuse("session", "delete");
  await refuse("session", "update", [
    ...changed("id", "grant", "person", "device", "service", "started_at"),
    `(old.state = 'ended' and (${changed("state", "ended_at", "reason", "ended_by").join(" or ")}))`,
  ]);
  await refuse("approver_list", "delete", ["old.state <> 'proposed'"]);
  await refuse("approver_list", "update", [
    ...changed("site", "version", "hash", "statement"),
    "(old.state <> 'proposed' and new.state = 'proposed')",
    "(old.state = 'replaced' and new.state <> 'replaced')",
  ]);
}

/** What is erased from the log goes from its index too; when it was stays. */
async function eraseFromIndex(db: Kysely<unknown>): Promise<void> {
  const erase = `delete from log_subject where "index" = new."index";
    update log_index set owner = '', action = '', outcome = '' where "index" = new."index";`;
  const when = "after update on log_record";
  if (!isPostgres(db)) {
    await sql.raw(`create trigger log_record_erased ${when} when new.body is null begin ${erase} end`).execute(db);
    return;
  }
  const body = `$$ begin ${erase} return null; end $$`;
  await sql.raw(`create function genkan_log_erased() returns trigger language plpgsql as ${body}`).execute(db);
  const each = "for each row when (new.body is null) execute function genkan_log_erased()";
  await sql.raw(`create trigger log_record_erased ${when} ${each}`).execute(db);
}

/** Refuses an act on rows of a table; where there are conditions, only if one of them holds. */
type Refuse = (table: string, act: "update" | "delete", conditions?: readonly string[]) => Promise<unknown>;

const triggerNames = { delete: "kept", update: "fixed" } as const;
const refusal = "the log is append-only";

function sqliteRefusal(db: Kysely<unknown>): Refuse {
  return (table, act, conditions = []) => {
    const when = conditions.length === 0 ? "" : `when ${conditions.join(" or ")}`;
    return sql
      .raw(
        `create trigger ${table}_${triggerNames[act]} before ${act} on "${table}" ${when}
          begin select raise(abort, '${refusal}'); end`,
      )
      .execute(db);
  };
}

async function postgresRefusal(db: Kysely<unknown>): Promise<Refuse> {
  await sql
    .raw(
      `create function genkan_append_only() returns trigger language plpgsql as
        $$ begin raise exception '${refusal}'; end $$`,
    )
    .execute(db);
  const trigger = (name: string, when: string) =>
    sql.raw(`create trigger ${name} before ${when} execute function genkan_append_only()`).execute(db);
  return async (table, act, conditions = []) => {
    const same = conditions.map((condition) => condition.replace(/ is not (?!null)/g, " is distinct from "));
    const when = same.length === 0 ? "" : `when (${same.join(" or ")})`;
    await trigger(`${table}_${triggerNames[act]}`, `${act} on "${table}" for each row ${when}`);
    // Emptying a table is neither an update nor a delete of its rows.
    if (act === "delete") await trigger(`${table}_whole`, `truncate on "${table}" for each statement`);
  };
}
