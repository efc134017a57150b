import type { Insertable } from "kysely";
import type { SessionView } from "../protocol/api/session.ts";
import type { Decision } from "../protocol/decision.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Counts } from "../protocol/recording.ts";
import type { Db } from "./database.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export type SessionRow = {
  id: Id<"session">;
  grant: Id<"grant">;
  person: Id<"person">;
  workstation: Id<"workstation">;
  vendor: Id<"vendor">;
  site: Id<"site">;
  device: Id<"device">;
  service: Id<"service">;
  agent: Id<"agent">;
  gateway: Id<"gateway">;
  signIn: Id<"signIn">;
  host: string;
  state: "admitted" | "live" | "ended";
  reason: EndReason | null;
  windowEnd: string;
  endedAt: string | null;
  epoch: number;
  validUntil: string | null;
};

/** It stands until the clock overtakes the decision that let it in. */
export async function insertSession(
  db: Db,
  { validUntil }: Decision<"allow", "admit">,
  row: Omit<Insertable<Schema["session"]>, "valid_until">,
): Promise<void> {
  const valid_until = validUntil === null ? null : new Date(validUntil).toISOString();
  await db
    .insertInto("session")
    .values({ ...row, valid_until })
    .execute();
}

const sessionColumns = [
  "id",
  "grant",
  "person",
  "workstation",
  "vendor",
  "site",
  "device",
  "service",
  "agent",
  "gateway",
  "sign_in as signIn",
  "host",
  "state",
  "reason",
  "window_end as windowEnd",
  "ended_at as endedAt",
  "epoch",
  "valid_until as validUntil",
] as const;

/** Sessions that are not over. */
export async function liveSessions(db: Db, scope: Scope): Promise<SessionRow[]> {
  const rows = await db
    .selectFrom("session")
    .select(sessionColumns)
    .where("state", "!=", "ended")
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .execute();
  return rows.map((row) => ({ ...row, epoch: Number(row.epoch) }));
}

export async function findSession(db: Db, scope: Scope, id: Id<"session">): Promise<SessionRow | null> {
  const row = await db
    .selectFrom("session")
    .select(sessionColumns)
    .where("id", "=", id)
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .executeTakeFirst();
  return row ? { ...row, epoch: Number(row.epoch) } : null;
}

export async function countLiveSessions(db: Db, scope: Scope, grant: Id<"grant">): Promise<number> {
  const row = await db
    .selectFrom("session")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("grant", "=", grant)
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .where("state", "!=", "ended")
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** Ends a session once; false when it had ended before, so that the first reason stays. */
export async function endSession(
  db: Db,
  scope: Scope,
  id: Id<"session">,
  end: { reason: EndReason; by: Id<"person"> | null; at: Date },
): Promise<boolean> {
  const result = await db
    .updateTable("session")
    .set({ state: "ended", ended_at: end.at.toISOString(), reason: end.reason, ended_by: end.by })
    .where("id", "=", id)
    .where("state", "!=", "ended")
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** False when it is not waiting for its client any more. */
export async function beginSession(db: Db, scope: Scope, id: Id<"session">): Promise<boolean> {
  const result = await db
    .updateTable("session")
    .set({ state: "live" })
    .where("id", "=", id)
    .where("state", "=", "admitted")
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Its agent's word on when it will end the session. */
export async function setWindowEnd(db: Db, scope: Scope, id: Id<"session">, windowEnd: string): Promise<void> {
  await db
    .updateTable("session")
    .set({ window_end: windowEnd })
    .where("id", "=", id)
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .execute();
}

/** On which epoch they were decided to live on, and until when that stands. */
export async function stampSessions(
  db: Db,
  scope: Scope,
  ids: readonly Id<"session">[],
  decided: { epoch: number; validUntil: string | null },
): Promise<void> {
  await db
    .updateTable("session")
    .set({ epoch: decided.epoch, valid_until: decided.validUntil })
    .where("id", "in", ids)
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .execute();
}

/**
 * Freezes it, or with null thaws it. Frozen once more it keeps who froze it first, and when: the gateway counts from there.
 * False when it has ended, or is none of this scope.
 */
export async function setFrozen(
  db: Db,
  scope: Scope,
  id: Id<"session">,
  frozen: { by: Id<"person">; at: Date; reason: string | null } | null,
): Promise<boolean> {
  const result = await db
    .updateTable("session")
    .set((eb) => ({
      frozen_at: frozen && eb.fn.coalesce("frozen_at", eb.val(frozen.at.toISOString())),
      frozen_by: frozen && eb.fn.coalesce("frozen_by", eb.val(frozen.by)),
      frozen_reason:
        frozen && eb.case().when("frozen_at", "is", null).then(frozen.reason).else(eb.ref("frozen_reason")).end(),
    }))
    .where("id", "=", id)
    .where("state", "!=", "ended")
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Counts only rise: a late message of an earlier moment changes nothing. */
export async function countSession(db: Db, scope: Scope, id: Id<"session">, counts: Counts): Promise<void> {
  await db
    .updateTable("session")
    .set((eb) => ({
      bytes_up: eb.case().when("bytes_up", ">", counts.up).then(eb.ref("bytes_up")).else(counts.up).end(),
      bytes_down: eb.case().when("bytes_down", ">", counts.down).then(eb.ref("bytes_down")).else(counts.down).end(),
      connections: counts.connections,
    }))
    .where("id", "=", id)
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .execute();
}

/** Those that are not over, all of them; then those that are, up to {@link limits.listedPast}. Newest first, in both. */
export async function listSessions(db: Db, scope: Scope, only?: Id<"session">): Promise<SessionView[]> {
  const query = db
    .selectFrom("session")
    .innerJoin("person", "person.id", "session.person")
    .innerJoin("vendor", "vendor.id", "session.vendor")
    .innerJoin("site", "site.id", "session.site")
    .innerJoin("device", "device.id", "session.device")
    .innerJoin("service", "service.id", "session.service")
    .leftJoin("person as ender", "ender.id", "session.ended_by")
    .leftJoin("person as freezer", "freezer.id", "session.frozen_by")
    .where(scope.rows({ site: "session.site", vendor: "session.vendor", person: "session.person" }))
    .selectAll("session")
    .select([
      "person.name as person_name",
      "vendor.name as vendor_name",
      "site.name as site_name",
      "device.name as device_name",
      "service.name as service_name",
      "service.protocol",
      "ender.name as ender_name",
      "freezer.name as freezer_name",
    ])
    .orderBy((eb) => eb("session.state", "=", "ended"))
    .orderBy("session.started_at", "desc");
  const past = db
    .selectFrom("session as past")
    .select("past.id")
    .where("past.state", "=", "ended")
    .where(scope.rows({ site: "past.site", vendor: "past.vendor", person: "past.person" }))
    .orderBy("past.started_at", "desc")
    .limit(limits.listedPast);
  const rows = await (only === undefined
    ? query.where((eb) => eb.or([eb("session.state", "!=", "ended"), eb("session.id", "in", past)]))
    : query.where("session.id", "=", only)
  ).execute();
  return rows.map((row) => ({
    id: row.id,
    grant: row.grant,
    state: row.state,
    client: row.client,
    frozen: frozenOf(row),
    person: { id: row.person, name: row.person_name },
    vendor: { id: row.vendor, name: row.vendor_name },
    site: { id: row.site, name: row.site_name },
    device: { id: row.device, name: row.device_name },
    service: { id: row.service, name: row.service_name, protocol: row.protocol },
    agent: row.agent,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    reason: row.reason,
    endedBy: row.ended_by !== null && row.ender_name !== null ? { id: row.ended_by, name: row.ender_name } : null,
    windowEnd: row.window_end,
    counts: { up: Number(row.bytes_up), down: Number(row.bytes_down), connections: row.connections },
  }));
}

function frozenOf(row: {
  frozen_at: string | null;
  frozen_by: Id<"person"> | null;
  frozen_reason: string | null;
  freezer_name: string | null;
}): SessionView["frozen"] {
  if (row.frozen_at === null || row.frozen_by === null || row.freezer_name === null) return null;
  return {
    by: { id: row.frozen_by, name: row.freezer_name },
    at: row.frozen_at,
    until: new Date(Date.parse(row.frozen_at) + limits.freezeMs).toISOString(),
    reason: row.frozen_reason,
  };
}
