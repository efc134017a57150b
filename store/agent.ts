import type { Hash, Pin } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

export interface AgentRow {
  readonly id: Id<"agent">;
  readonly name: string;
  readonly site: { id: Id<"site">; name: string };
  readonly key: Pin;
  readonly active: boolean;
  readonly seenAt: string | null;
  readonly recorder: boolean;
  readonly skewMs: number | null;
  readonly trust: { version: number; hash: Hash } | null;
}

export async function listAgents(db: Db, scope: Scope): Promise<AgentRow[]> {
  const rows = await db
    .selectFrom("agent")
    .innerJoin("site", "site.id", "agent.site")
    .where(scope.rows({ site: "agent.site" }))
    .selectAll("agent")
    .select("site.name as site_name")
    .orderBy("agent.name")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    site: { id: row.site, name: row.site_name },
    key: row.key,
    active: row.active === 1,
    seenAt: row.seen_at,
    recorder: row.recorder === 1,
    skewMs: row.skew_ms === null ? null : Number(row.skew_ms),
    trust:
      row.trust_version === null || row.trust_hash === null
        ? null
        : { version: row.trust_version, hash: row.trust_hash },
  }));
}

/** An agent is the key that it proved, and nothing else (A4); one that is disabled has joined still. */
export async function findAgentByKey(db: Db, scope: Scope, key: Pin): Promise<AgentRow | null> {
  return (await listAgents(db, scope)).find((agent) => agent.key === key) ?? null;
}

export async function findAgent(db: Db, scope: Scope, id: Id<"agent">): Promise<AgentRow | null> {
  return (await listAgents(db, scope)).find((agent) => agent.id === id) ?? null;
}

export async function setAgentActive(db: Db, id: Id<"agent">, active: boolean): Promise<void> {
  await db
    .updateTable("agent")
    .set({ active: active ? 1 : 0 })
    .where("id", "=", id)
    .execute();
}

export async function setAgentName(db: Db, id: Id<"agent">, name: string): Promise<void> {
  await db.updateTable("agent").set({ name }).where("id", "=", id).execute();
}

export async function insertAgent(
  db: Db,
  row: { id: Id<"agent">; site: Id<"site">; name: string; key: Pin; sealKey: string; at: Date },
): Promise<void> {
  await db
    .insertInto("agent")
    .values({
      id: row.id,
      site: row.site,
      name: row.name,
      key: row.key,
      seal_key: row.sealKey,
      active: 1,
      joined_at: row.at.toISOString(),
      seen_at: null,
      recorder: 0,
      skew_ms: null,
      trust_version: null,
      trust_hash: null,
    })
    .execute();
}

export async function stampAgent(
  db: Db,
  scope: Scope,
  id: Id<"agent">,
  seen: { at: Date; recorder: boolean; skewMs: number; trust: { version: number; hash: Hash } | null },
): Promise<void> {
  await db
    .updateTable("agent")
    .set({
      seen_at: seen.at.toISOString(),
      recorder: seen.recorder ? 1 : 0,
      skew_ms: seen.skewMs,
      trust_version: seen.trust?.version ?? null,
      trust_hash: seen.trust?.hash ?? null,
    })
    .where("id", "=", id)
    .where(scope.rows({ site: "agent.site" }))
    .execute();
}

export async function insertJoinToken(
  db: Db,
  row: { tokenHash: Hash; site: Id<"site">; expiresAt: Date },
): Promise<void> {
  await db
    .insertInto("join_token")
    .values({ token_hash: row.tokenHash, site: row.site, expires_at: row.expiresAt.toISOString(), used_at: null })
    .execute();
}

/** The token's site, while it is good; null for an unknown, used or expired token. Uses nothing up. */
export async function findJoinToken(db: Db, tokenHash: Hash, now: Date): Promise<Id<"site"> | null> {
  const row = await db.selectFrom("join_token").selectAll().where("token_hash", "=", tokenHash).executeTakeFirst();
  return row && row.used_at === null && row.expires_at > now.toISOString() ? row.site : null;
}

/** The token's site, once; null for an unknown, used or expired token. */
export async function useJoinToken(db: Db, tokenHash: Hash, now: Date): Promise<Id<"site"> | null> {
  const row = await db
    .updateTable("join_token")
    .set({ used_at: now.toISOString() })
    .where("token_hash", "=", tokenHash)
    .where("used_at", "is", null)
    .where("expires_at", ">", now.toISOString())
    .returning("site")
    .executeTakeFirst();
  return row?.site ?? null;
}
