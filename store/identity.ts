import { newId } from "../crypto/random.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import { membersOf } from "./person.ts";
import type { Scope } from "./scope.ts";

/** Somebody as a provider knows them. */
export interface Identity {
  readonly id: Id<"identity">;
  readonly person: Id<"person">;
  readonly issuer: string;
  readonly subject: string;
}

export async function insertIdentity(db: Db, row: Omit<Identity, "id">): Promise<Id<"identity">> {
  const id = newId("identity");
  await db
    .insertInto("identity")
    .values({ id, ...row })
    .execute();
  return id;
}

const identities = (db: Db, scope: Scope) =>
  db
    .selectFrom("identity")
    .innerJoin("person", "person.id", "identity.person")
    .where(membersOf(scope))
    .selectAll("identity");

/** Whom a provider means by a subject. */
export async function findIdentity(
  db: Db,
  scope: Scope,
  { issuer, subject }: Pick<Identity, "issuer" | "subject">,
): Promise<Identity | null> {
  const found = await identities(db, scope)
    .where("identity.issuer", "=", issuer)
    .where("identity.subject", "=", subject)
    .executeTakeFirst();
  return found ?? null;
}

/** In the order of issuer and subject. */
export async function listIdentities(db: Db, scope: Scope, person: Id<"person">): Promise<Identity[]> {
  return identities(db, scope)
    .where("identity.person", "=", person)
    .orderBy("identity.issuer")
    .orderBy("identity.subject")
    .execute();
}

export async function removeIdentity(db: Db, id: Id<"identity">): Promise<void> {
  await db.deleteFrom("identity").where("id", "=", id).execute();
}
