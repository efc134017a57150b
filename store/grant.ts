import { sql } from "kysely";
import type { GrantView } from "../protocol/api/grant.ts";
import type { Hash } from "../protocol/brand.ts";
import type { Grant } from "../protocol/grant.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { serviceRef } from "../protocol/service.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import { windowState } from "../protocol/window-at.ts";
import type { Db } from "./database.ts";
import { findStatement, readRequest, type StoredRequest } from "./request.ts";
import { Scope } from "./scope.ts";

export interface StoredGrant {
  readonly id: Id<"grant">;
  readonly hash: Hash;
  /** Exact bytes, base64url, and what they say. */
  readonly bytes: string;
  readonly grant: Grant;
  /** The signed request that it answers. */
  readonly asked: StoredRequest;
  /** Its approvals are what its site requires; until then it is proposed. */
  readonly inForce: boolean;
  readonly revoked: boolean;
  readonly approvals: { person: Id<"person">; signed: SignedByPasskey }[];
}

/** Keeps a proposed grant. */
export async function insertGrant(
  db: Db,
  input: {
    grant: Grant;
    /** Id of the request that it answers. */
    request: Id<"request">;
    hash: Hash;
    bytes: string;
    at: Date;
  },
): Promise<void> {
  const { grant } = input;
  await db
    .insertInto("grant")
    .values({
      id: grant.id,
      hash: input.hash,
      request: input.request,
      site: grant.site.id,
      vendor: grant.person.vendor,
      person: grant.person.id,
      workstation: grant.workstation.id,
      device: grant.device.id,
      agent: grant.agent.id,
      bytes: input.bytes,
      proposed_at: input.at.toISOString(),
      approved_at: null,
      revoked_at: null,
      revoked_by: null,
      revocation: null,
    })
    .execute();
  await db
    .insertInto("grant_window")
    .values(grant.windows.map(({ start, end }) => ({ grant: grant.id, start, end })))
    .execute();
}

export async function findGrant(db: Db, scope: Scope, id: Id<"grant">): Promise<StoredGrant | null> {
  const row = await db
    .selectFrom("grant")
    .selectAll()
    .where("id", "=", id)
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .executeTakeFirst();
  if (!row) return null;
  const asked = await findStatement(db, Scope.system(), row.request);
  if (!asked) return null;
  const approvals = await db.selectFrom("approval").selectAll().where("grant", "=", id).execute();
  return {
    id: row.id,
    hash: row.hash,
    bytes: row.bytes,
    grant: JSON.parse(Buffer.from(row.bytes, "base64url").toString("utf8")) as Grant,
    asked,
    inForce: row.approved_at !== null,
    revoked: row.revoked_at !== null,
    approvals: approvals.map(({ person, signed }) => ({ person, signed: JSON.parse(signed) as SignedByPasskey })),
  };
}

/** Of one person's grants that came in force, the newest up to {@link limits.keyApprovalsCounted}: exact bytes and who signed. */
export async function listApprovedBytes(
  db: Db,
  scope: Scope,
  person: Id<"person">,
): Promise<{ hash: Hash; bytes: Buffer; grant: Grant; approvals: SignedByPasskey[] }[]> {
  const rows = await db
    .selectFrom("grant")
    .select(["id", "hash", "bytes"])
    .where("person", "=", person)
    .where("approved_at", "is not", null)
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .orderBy("approved_at", "desc")
    .limit(limits.keyApprovalsCounted)
    .execute();
  if (rows.length === 0) return [];
  const ids = rows.map(({ id }) => id);
  const approvals = await db.selectFrom("approval").select(["grant", "signed"]).where("grant", "in", ids).execute();
  return rows.map(({ id, hash, bytes }) => {
    const exact = Buffer.from(bytes, "base64url");
    return {
      hash,
      bytes: exact,
      grant: JSON.parse(exact.toString("utf8")) as Grant,
      approvals: approvals.filter((row) => row.grant === id).map((row) => JSON.parse(row.signed) as SignedByPasskey),
    };
  });
}

/** Grants of a device that are approved, or wait for one more approval, and whose last window is not over. */
export async function countOpenGrants(db: Db, scope: Scope, device: Id<"device">, now: Date): Promise<number> {
  const rows = await db
    .selectFrom("grant")
    .where("device", "=", device)
    .where("revoked_at", "is", null)
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom("grant_window")
          .select("grant_window.start")
          .whereRef("grant_window.grant", "=", "grant.id")
          .where("grant_window.end", ">", now.toISOString()),
      ),
    )
    .select("grant.id")
    .execute();
  return rows.length;
}

/** False when there is none in this scope, or it was revoked before. */
export async function revokeGrant(
  db: Db,
  scope: Scope,
  id: Id<"grant">,
  by: Id<"person"> | null,
  reason: string,
  at: Date,
): Promise<boolean> {
  const result = await db
    .updateTable("grant")
    .set({ revoked_at: at.toISOString(), revoked_by: by, revocation: reason })
    .where("id", "=", id)
    .where("approved_at", "is not", null)
    .where("revoked_at", "is", null)
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** A window of the grant of this table is open or still to come. */
const ahead = (grant: "grant" | "past", at: string) =>
  sql<boolean>`exists (select 1 from grant_window where grant_window."grant" = ${sql.ref(`${grant}.id`)} and grant_window."end" > ${at})`;

/**
 * Grants whose approvals were enough. Those in force or still to come, all of them; then those that are over, up to
 * {@link limits.listedPast}. Newest first, in both.
 */
export async function listGrants(db: Db, scope: Scope, now: Date, only?: Id<"grant">): Promise<GrantView[]> {
  const at = now.toISOString();
  const past = db
    .selectFrom("grant as past")
    .select("past.id")
    .where("past.approved_at", "is not", null)
    .where((eb) => eb.or([eb("past.revoked_at", "is not", null), eb.not(ahead("past", at))]))
    .where(scope.rows({ site: "past.site", vendor: "past.vendor", person: "past.person" }))
    .orderBy("past.approved_at", "desc")
    .limit(limits.listedPast);
  const query = db
    .selectFrom("grant")
    .innerJoin("request", "request.id", "grant.request")
    .innerJoin("vendor", "vendor.id", "grant.vendor")
    .innerJoin("site", "site.id", "grant.site")
    .innerJoin("device", "device.id", "grant.device")
    .leftJoin("person as revoker", "revoker.id", "grant.revoked_by")
    .where("grant.approved_at", "is not", null)
    .where(scope.rows({ site: "grant.site", vendor: "grant.vendor", person: "grant.person" }))
    .selectAll("grant")
    .select([
      "request.statement",
      "vendor.name as vendor_name",
      "site.name as site_name",
      "site.zone as site_zone",
      "device.name as device_name",
      "device.model",
      "revoker.name as revoker_name",
    ])
    .orderBy((eb) => eb.or([eb("grant.revoked_at", "is not", null), eb.not(ahead("grant", at))]))
    .orderBy("grant.approved_at", "desc");
  const rows = await (only === undefined
    ? query.where((eb) =>
        eb.or([eb.and([eb("grant.revoked_at", "is", null), ahead("grant", at)]), eb("grant.id", "in", past)]),
      )
    : query.where("grant.id", "=", only)
  ).execute();
  if (rows.length === 0) return [];
  const approvals = await db
    .selectFrom("approval")
    .innerJoin("person", "person.id", "approval.person")
    .select(["approval.grant", "person.id", "person.name"])
    .where(
      "approval.grant",
      "in",
      rows.map(({ id }) => id),
    )
    .execute();
  const approvers = Map.groupBy(approvals, ({ grant }) => grant);
  return rows.map((row) => {
    const grant = JSON.parse(Buffer.from(row.bytes, "base64url").toString("utf8")) as Grant;
    const { workstation, reason } = readRequest(row.statement);
    return {
      id: row.id,
      hash: row.hash,
      request: row.request,
      state: row.revoked_at !== null ? "revoked" : windowState(grant.windows, now.getTime()),
      person: { id: row.person, name: grant.person.name },
      vendor: { id: row.vendor, name: row.vendor_name },
      site: { id: row.site, name: row.site_name },
      siteZone: row.site_zone,
      device: { id: row.device, name: row.device_name, model: row.model },
      services: grant.services.map(serviceRef),
      workstation: { ...grant.workstation, label: workstation.label },
      windows: grant.windows,
      zone: grant.zone,
      reason,
      approvers: (approvers.get(row.id) ?? []).map(({ id, name }) => ({ id, name })),
      approvedAt: row.approved_at ?? row.proposed_at,
      revokedAt: row.revoked_at,
      revokedBy:
        row.revoked_by !== null && row.revoker_name !== null ? { id: row.revoked_by, name: row.revoker_name } : null,
      revocation: row.revocation,
    };
  });
}
