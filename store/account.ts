import type { AccountView } from "../protocol/api/account.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import { membershipsOf, membershipView } from "./membership.ts";
import { membersOf } from "./person.ts";
import type { Scope } from "./scope.ts";

/** People who belong to a scope themselves, by name, as whoever administers them is shown them. */
export async function listAccounts(db: Db, scope: Scope, at: Date): Promise<AccountView[]> {
  const rows = await db
    .selectFrom("person")
    .leftJoin("person as inviter", "inviter.id", "person.invited_by")
    .where(membersOf(scope))
    .select(["person.id", "person.name", "person.login", "person.active", "person.created_at"])
    .select(["inviter.id as inviter_id", "inviter.name as inviter_name"])
    .orderBy("person.name")
    .execute();
  const ids = rows.map(({ id }) => id);
  const now = at.toISOString();
  const memberships = await membershipsOf(db, ids, null);
  const [used, keys, links] = [await lastUses(db, ids), await lastExpiries(db, ids), await openLinks(db, ids, now)];
  return rows.map((row) => {
    const all = memberships.get(row.id) ?? [];
    const known = keys.get(row.id);
    const counts = all.some(({ until }) => until === null || until > now);
    return {
      id: row.id,
      name: row.name,
      login: row.login,
      memberships: all.filter(({ site }) => site === null || scope.sees(site.id)).map(membershipView),
      state:
        row.active === 0
          ? "disabled"
          : !counts || (known !== undefined && known <= now)
            ? "expired"
            : known === undefined
              ? "invited"
              : "active",
      invitedBy: refOf(row.inviter_id, row.inviter_name),
      createdAt: row.created_at,
      lastUsedAt: used.get(row.id) ?? null,
      link: links.get(row.id) ?? null,
    };
  });
}

const refOf = (id: Id<"person"> | null, name: string | null) => (id === null || name === null ? null : { id, name });

async function lastUses(db: Db, people: readonly Id<"person">[]): Promise<Map<string, string>> {
  if (people.length === 0) return new Map();
  const rows = await db
    .selectFrom("sign_in")
    .where("person", "in", [...people])
    .select(({ fn }) => ["person", fn.max("used_at").as("at")])
    .groupBy("person")
    .execute();
  return new Map(rows.map(({ person, at }) => [person, at]));
}

async function lastExpiries(db: Db, people: readonly Id<"person">[]): Promise<Map<string, string>> {
  if (people.length === 0) return new Map();
  const rows = await db
    .selectFrom("authenticator")
    .where("person", "in", [...people])
    .select(({ fn }) => ["person", fn.max("expires_at").as("at")])
    .groupBy("person")
    .execute();
  return new Map(rows.map(({ person, at }) => [person, at]));
}

async function openLinks(
  db: Db,
  people: readonly Id<"person">[],
  now: string,
): Promise<Map<string, NonNullable<AccountView["link"]>>> {
  if (people.length === 0) return new Map();
  const rows = await db
    .selectFrom("enrolment")
    .leftJoin("person as giver", "giver.id", "enrolment.given_by")
    .where("enrolment.person", "in", [...people])
    .where("enrolment.used_at", "is", null)
    .where("enrolment.expires_at", ">", now)
    .select(["enrolment.person", "enrolment.expires_at", "enrolment.reason", "giver.id", "giver.name"])
    .orderBy("enrolment.expires_at")
    .execute();
  return new Map(
    rows.map(({ person, expires_at, reason, id, name }) => [
      person,
      { expiresAt: expires_at, by: refOf(id, name), reason },
    ]),
  );
}
