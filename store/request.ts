import { newId } from "../crypto/random.ts";
import type { RequestView } from "../protocol/api/request.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";
import type { Scope } from "./scope.ts";
import { listServices } from "./service-list.ts";

export interface RequestInput {
  readonly site: string;
  readonly vendor: string;
  readonly person: string;
  readonly workstation: string;
  readonly device: string;
  readonly services: readonly string[];
  readonly window: { start: string; end: string };
  readonly zone: string;
  readonly reason: string;
  readonly plan: string;
}

export async function insertRequest(db: Db, _scope: Scope, input: RequestInput, at: Date): Promise<string> {
  const id = newId("request");
  await db
    .insertInto("request")
    .values({
      id,
      site: input.site,
      vendor: input.vendor,
      person: input.person,
      workstation: input.workstation,
      device: input.device,
      services: JSON.stringify(input.services),
      window_start: input.window.start,
      window_end: input.window.end,
      zone: input.zone,
      reason: input.reason,
      plan: input.plan,
      state: "pending",
      created_at: at.toISOString(),
      decided_at: null,
      decided_by: null,
      denial: null,
    })
    .execute();
  return id;
}

/** Moves a pending request on; false when it was no longer pending, so that of two deciders one wins. */
export async function settleRequest(
  db: Db,
  scope: Scope,
  id: string,
  to: { state: "approved" | "denied" | "withdrawn"; by: string; at: Date; denial?: string },
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

export async function countOpenRequests(db: Db, scope: Scope, person: string, now: Date): Promise<number> {
  const row = await db
    .selectFrom("request")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("person", "=", person)
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .where("state", "=", "pending")
    .where("window_end", ">", now.toISOString())
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

/** A request as it stands; how far its approvals have come is the authority's to say. */
export type RequestRow = Omit<RequestView, "approval">;

const rows = (db: Db, scope: Scope) =>
  db
    .selectFrom("request")
    .innerJoin("person", "person.id", "request.person")
    .innerJoin("vendor", "vendor.id", "request.vendor")
    .innerJoin("site", "site.id", "request.site")
    .innerJoin("device", "device.id", "request.device")
    .innerJoin("workstation", "workstation.id", "request.workstation")
    .leftJoin("person as decider", "decider.id", "request.decided_by")
    .leftJoin("grant", (join) => join.onRef("grant.request", "=", "request.id").on("grant.approved_at", "is not", null))
    .where(scope.rows({ site: "request.site", vendor: "request.vendor", person: "request.person" }))
    .selectAll("request")
    .select([
      "person.name as person_name",
      "vendor.name as vendor_name",
      "site.name as site_name",
      "site.zone as site_zone",
      "device.name as device_name",
      "device.model as device_model",
      "workstation.label as workstation_label",
      "decider.name as decider_name",
      "grant.id as grant_id",
    ]);

/** Those that wait, all of them; then those that don't, up to {@link limits.listedPast}. Newest first, in both. */
export async function listRequests(db: Db, scope: Scope, now: Date, only?: string): Promise<RequestRow[]> {
  const at = now.toISOString();
  const past = db
    .selectFrom("request as past")
    .select("past.id")
    .where((eb) => eb.or([eb("past.state", "!=", "pending"), eb("past.window_end", "<=", at)]))
    .where(scope.rows({ site: "past.site", vendor: "past.vendor", person: "past.person" }))
    .orderBy("past.created_at", "desc")
    .limit(limits.listedPast);
  const query = rows(db, scope)
    .orderBy((eb) => eb.or([eb("request.state", "!=", "pending"), eb("request.window_end", "<=", at)]))
    .orderBy("request.created_at", "desc");
  const found = await (only === undefined
    ? query.where((eb) =>
        eb.or([
          eb.and([eb("request.state", "=", "pending"), eb("request.window_end", ">", at)]),
          eb("request.id", "in", past),
        ]),
      )
    : query.where("request.id", "=", only)
  ).execute();
  const services = await listServices(
    db,
    found.flatMap((row) => JSON.parse(row.services) as string[]),
  );
  return found.map((row) => ({
    id: row.id,
    state: row.state === "pending" && row.window_end <= at ? "expired" : row.state,
    person: { id: row.person, name: row.person_name },
    vendor: { id: row.vendor, name: row.vendor_name },
    site: { id: row.site, name: row.site_name },
    siteZone: row.site_zone,
    device: { id: row.device, name: row.device_name, model: row.device_model },
    services: (JSON.parse(row.services) as string[]).flatMap((id) => services.get(id) ?? []),
    workstation: { id: row.workstation, label: row.workstation_label },
    window: { start: row.window_start, end: row.window_end },
    zone: row.zone,
    reason: row.reason,
    plan: row.plan,
    createdAt: row.created_at,
    decidedAt: row.decided_at,
    decidedBy:
      row.decided_by !== null && row.decider_name !== null ? { id: row.decided_by, name: row.decider_name } : null,
    denial: row.denial,
    grant: row.grant_id,
  }));
}

export async function findRequest(db: Db, scope: Scope, id: string, now: Date): Promise<RequestRow | null> {
  return (await listRequests(db, scope, now, id))[0] ?? null;
}
