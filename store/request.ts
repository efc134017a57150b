import type { AccessRequest } from "../protocol/access-request.ts";
import type { RequestView } from "../protocol/api/request.ts";
import type { Hash } from "../protocol/brand.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import { spanOf } from "../protocol/window-at.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";

export interface StoredRequest {
  readonly request: AccessRequest;
  readonly hash: Hash;
  /** The compact JWS as it came. */
  readonly statement: string;
}

/** False when this id is taken, whoever's it is. */
export async function insertRequest(db: Db, stored: StoredRequest, at: Date): Promise<boolean> {
  const { request } = stored;
  const result = await db
    .insertInto("request")
    .values({
      id: request.id,
      site: request.site.id,
      vendor: request.vendor.id,
      person: request.person.id,
      workstation: request.workstation.id,
      device: request.device.id,
      hash: stored.hash,
      statement: stored.statement,
      closes_at: spanOf(request.windows).end,
      state: "pending",
      created_at: at.toISOString(),
      decided_at: null,
      decided_by: null,
      denial: null,
    })
    .onConflict((oc) => oc.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** The exact bytes that stand in a compact JWS, parsed. They were verified before they were kept. */
export function readRequest(statement: string): AccessRequest {
  const [, payload = ""] = statement.split(".");
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as AccessRequest;
}

/** The signed request itself; null for one that is not in this scope. */
export async function findStatement(db: Db, scope: Scope, id: Id<"request">): Promise<StoredRequest | null> {
  const row = await db
    .selectFrom("request")
    .select(["hash", "statement"])
    .where("id", "=", id)
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .executeTakeFirst();
  return row ? { ...row, request: readRequest(row.statement) } : null;
}

/** Moves a pending request on; false when it was no longer pending, so that of two deciders one wins. */
export async function settleRequest(
  db: Db,
  scope: Scope,
  id: Id<"request">,
  to: { state: "approved" | "denied" | "withdrawn"; by: Id<"person"> | null; at: Date; denial?: string },
): Promise<boolean> {
  const result = await db
    .updateTable("request")
    .set({ state: to.state, decided_at: to.at.toISOString(), decided_by: to.by, denial: to.denial ?? null })
    .where("id", "=", id)
    .where("state", "=", "pending")
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function countOpenRequests(db: Db, scope: Scope, person: Id<"person">, now: Date): Promise<number> {
  const row = await db
    .selectFrom("request")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("person", "=", person)
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .where("state", "=", "pending")
    .where("closes_at", ">", now.toISOString())
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A request as it stands; how far its approvals have come is the authority's to say. */
export type RequestRow = Omit<RequestView, "approval">;

const rows = (db: Db, scope: Scope) =>
  db
    .selectFrom("request")
    .innerJoin("site", "site.id", "request.site")
    .innerJoin("device", "device.id", "request.device")
    .leftJoin("person as decider", "decider.id", "request.decided_by")
    .leftJoin("grant", (join) => join.onRef("grant.request", "=", "request.id").on("grant.approved_at", "is not", null))
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .selectAll("request")
    .select([
      "site.zone as site_zone",
      "device.model as device_model",
      "decider.name as decider_name",
      "grant.id as grant_id",
    ]);

/** Those that wait, all of them; then those that don't, up to {@link limits.listedPast}. Newest first, in both. */
export async function listRequests(db: Db, scope: Scope, now: Date, only?: Id<"request">): Promise<RequestRow[]> {
  const at = now.toISOString();
  const past = db
    .selectFrom("request as past")
    .select("past.id")
    .where((eb) => eb.or([eb("past.state", "!=", "pending"), eb("past.closes_at", "<=", at)]))
    .where(scope.rows({ site: "past.site", vendor: "past.vendor", person: "past.person" }))
    .orderBy("past.created_at", "desc")
    .limit(limits.listedPast);
  const query = rows(db, scope)
    .orderBy((eb) => eb.or([eb("request.state", "!=", "pending"), eb("request.closes_at", "<=", at)]))
    .orderBy("request.created_at", "desc");
  const found = await (only === undefined
    ? query.where((eb) =>
        eb.or([
          eb.and([eb("request.state", "=", "pending"), eb("request.closes_at", ">", at)]),
          eb("request.id", "in", past),
        ]),
      )
    : query.where("request.id", "=", only)
  ).execute();
  return found.map((row) => {
    const { type: _, device, ...said } = readRequest(row.statement);
    return {
      ...said,
      device: { ...device, model: row.device_model },
      siteZone: row.site_zone,
      state: row.state === "pending" && row.closes_at <= at ? "expired" : row.state,
      createdAt: row.created_at,
      decidedAt: row.decided_at,
      decidedBy:
        row.decided_by !== null && row.decider_name !== null ? { id: row.decided_by, name: row.decider_name } : null,
      denial: row.denial,
      grant: row.grant_id,
    };
  });
}

export async function findRequest(db: Db, scope: Scope, id: Id<"request">, now: Date): Promise<RequestRow | null> {
  return (await listRequests(db, scope, now, id))[0] ?? null;
}
