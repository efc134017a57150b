import { sql } from "kysely";
import { ownerOf } from "../crypto/audit-owner.ts";
import type { AuditRecordView } from "../protocol/api/audit.ts";
import type { AuditBody } from "../protocol/audit.ts";
import { type AuditAudience, isTold } from "../protocol/audit-export.ts";
import { limits } from "../protocol/limits.ts";
import type { Db } from "./database.ts";
import { audienceOf } from "./log-audience.ts";
import { actorKind } from "./log-index.ts";
import type { Scope } from "./scope.ts";

/** Which records; all that are named must hold. */
export interface LogFilter {
  /** Id of what a record is about, or of who acted. */
  readonly subject?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly outcome?: AuditBody["outcome"] | undefined;
  /** RFC 3339, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

export interface LogPage {
  readonly records: AuditRecordView[];
  /** Index below which the next page begins; null when there is no more. */
  readonly next: number | null;
}

/** What the index says of a record. */
interface Found {
  readonly index: number;
  readonly at: string;
  readonly action: string;
  readonly outcome: string;
  readonly by: number;
}

/**
 * Newest first by time, after record `before` where that is told. Only records that this scope is told. The index is asked
 * for a few rows at a time, and for no more than {@link limits.logRowsExamined} of them for one page, so that nobody else
 * waits for it: a page may be short and still say where to go on.
 */
export async function listLog(
  db: Db,
  scope: Scope,
  page: { before: number | null; limit: number } & LogFilter,
): Promise<LogPage> {
  const audience = await audienceOf(db, scope);
  const owners = ownersOf(audience);
  const found: Found[] = [];
  let place = await placeOf(db, page.before);
  for (let examined = 0; examined < limits.logRowsExamined && owners.length > 0; ) {
    const rows = await candidates(db, owners, page, place);
    for (const row of rows) {
      place = row;
      if (fits(row, page)) found.push(row);
      if (found.length === page.limit) return { records: await read(db, audience, found), next: row.index };
    }
    if (rows.length < limits.logRowsAtOnce) return { records: await read(db, audience, found), next: null };
    examined += rows.length;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return { records: await read(db, audience, found), next: owners.length === 0 ? null : (place?.index ?? null) };
}

/** Texts of `owner` in the index whose records this audience is told; a single null for everybody's. */
function ownersOf(audience: AuditAudience | null): (string | null)[] {
  if (audience === null) return [null];
  return audience.sites.length === 0 ? [] : [...audience.sites, "", ...audience.vendors];
}

type Place = Pick<Found, "index" | "at">;

async function placeOf(db: Db, before: number | null): Promise<Place | null> {
  if (before === null) return null;
  const row = await db.selectFrom("log_index").select("at").where("index", "=", before).executeTakeFirst();
  // One that is not there yet stands after all that are.
  return row ? { index: before, at: row.at } : null;
}

/**
 * The next rows of the index for these owners, by what narrows most: a subject, who acted, an action, or the owner alone.
 * Each owner is asked by itself: an index has its order only where all before it is told.
 */
async function candidates(db: Db, owners: readonly (string | null)[], by: LogFilter, place: Place | null) {
  const lead = by.subject ?? by.actor;
  const table = sql.raw(lead === undefined ? "log_index" : "log_subject");
  // A record may name one id in two ways.
  const distinct = sql.raw(lead === undefined ? "" : "distinct");
  const kind = by.subject === undefined && by.actor !== undefined ? sql`and s.kind = ${actorKind}` : sql``;
  const narrow = lead === undefined ? sql`` : sql`and s.id = ${lead} ${kind}`;
  const action = lead === undefined && by.action !== undefined ? sql`and s.action = ${by.action}` : sql``;
  const before = place === null ? sql`` : sql`and (s.at, s."index") < (${place.at}, ${place.index})`;
  const from = by.from === undefined ? sql`` : sql`and s.at >= ${by.from}`;
  const to = by.to === undefined ? sql`` : sql`and s.at <= ${by.to}`;
  const each = owners.map(
    (owner) => sql`select * from (select ${distinct} s."index", s.at from ${table} s
      where ${owner === null ? sql`1 = 1` : sql`s.owner = ${owner}`} ${narrow} ${action} ${before} ${from} ${to}
      order by s.at desc, s."index" desc limit ${limits.logRowsAtOnce}) as one`,
  );
  const acted =
    by.actor === undefined
      ? sql`1`
      : sql`case when exists (select 1 from log_subject a
          where a."index" = i."index" and a.id = ${by.actor} and a.kind = ${actorKind}) then 1 else 0 end`;
  const { rows } = await sql<Found>`select i."index", i.at, i.action, i.outcome, ${acted} as "by"
    from (${sql.join(each, sql` union all `)}) as found join log_index i on i."index" = found."index"
    order by i.at desc, i."index" desc limit ${limits.logRowsAtOnce}`.execute(db);
  return rows;
}

function fits(row: Found, { action, outcome }: LogFilter): boolean {
  return row.by === 1 && (action ?? row.action) === row.action && (outcome ?? row.outcome) === row.outcome;
}

/** The records themselves, in this order; the log has the last word on whom each is told to. */
async function read(db: Db, audience: AuditAudience | null, found: readonly Found[]): Promise<AuditRecordView[]> {
  if (found.length === 0) return [];
  const wanted = found.map(({ index }) => index);
  const rows = await db.selectFrom("log_record").select(["index", "id", "body"]).where("index", "in", wanted).execute();
  const byIndex = new Map(rows.map((row) => [row.index, row]));
  return wanted.flatMap((index): AuditRecordView[] => {
    const row = byIndex.get(index);
    if (row === undefined || (row.body !== null && !isTold(audience, ownerOf(row.body)))) return [];
    const body = row.body === null ? null : parsed(row.body);
    const state = row.body === null ? "erased" : body === null ? "damaged" : "kept";
    return [{ id: row.id, index, state, body }];
  });
}

function parsed(text: string): AuditBody | null {
  try {
    return JSON.parse(text) as AuditBody;
  } catch {
    return null;
  }
}
