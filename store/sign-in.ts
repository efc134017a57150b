import type { Insertable, Selectable } from "kysely";
import { newId } from "../crypto/random.ts";
import type { Hash } from "../protocol/brand.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Db } from "./database.ts";
import { membersOf } from "./person.ts";
import type { Schema } from "./schema.ts";
import type { Scope } from "./scope.ts";

export type SignIn = Selectable<Schema["sign_in"]>;

export async function insertSignIn(
  db: Db,
  row: Omit<Insertable<Schema["sign_in"]>, "id" | "ended_at" | "network"> & { network?: string },
): Promise<Id<"signIn">> {
  const id = newId("signIn");
  await db
    .insertInto("sign_in")
    .values({ id, ended_at: null, network: null, ...row })
    .execute();
  return id;
}

/** Whether a person signed in by password from there since then. */
export async function hasSignedInFrom(db: Db, person: Id<"person">, network: string, since: Date): Promise<boolean> {
  const row = await db
    .selectFrom("sign_in")
    .select("id")
    .where("person", "=", person)
    .where("network", "=", network)
    .where("kind", "=", "cookie")
    .where("factors", "like", '%"password"%')
    .where("created_at", ">", since.toISOString())
    .executeTakeFirst();
  return row !== undefined;
}

/** A sign-in that is neither ended, nor expired, nor idle for longer than allowed. */
export async function findSignIn(db: Db, tokenHash: Hash, now: Date, idleMs: number): Promise<SignIn | null> {
  const row = await db
    .selectFrom("sign_in")
    .selectAll()
    .where("token_hash", "=", tokenHash)
    .where("ended_at", "is", null)
    .where("expires_at", ">", now.toISOString())
    .where("used_at", ">", new Date(now.getTime() - idleMs).toISOString())
    .executeTakeFirst();
  return row ?? null;
}

/** Of a session's facts: the factors with which its person had signed in. */
export async function findSignInById(db: Db, id: Id<"signIn">): Promise<SignIn | null> {
  return (await db.selectFrom("sign_in").selectAll().where("id", "=", id).executeTakeFirst()) ?? null;
}

export async function touchSignIn(db: Db, id: Id<"signIn">, now: Date): Promise<void> {
  await db.updateTable("sign_in").set({ used_at: now.toISOString() }).where("id", "=", id).execute();
}

export async function endSignIn(db: Db, id: Id<"signIn">, now: Date): Promise<void> {
  await db.updateTable("sign_in").set({ ended_at: now.toISOString() }).where("id", "=", id).execute();
}

/** Ends what everybody has begun, in browsers and terminals. */
export async function endEverySignIn(db: Db, now: Date): Promise<void> {
  await db.updateTable("sign_in").set({ ended_at: now.toISOString() }).where("ended_at", "is", null).execute();
}

/** What a person is signed in to now, the last used first. */
export async function listSignIns(
  db: Db,
  scope: Scope,
  person: Id<"person">,
  of: { at: Date; idleMs: number },
): Promise<(SignIn & { label: string | null })[]> {
  return db
    .selectFrom("sign_in")
    .innerJoin("person", "person.id", "sign_in.person")
    .leftJoin("workstation", "workstation.id", "sign_in.workstation")
    .where(membersOf(scope))
    .where("sign_in.person", "=", person)
    .where("sign_in.ended_at", "is", null)
    .where("sign_in.expires_at", ">", of.at.toISOString())
    .where("sign_in.used_at", ">", new Date(of.at.getTime() - of.idleMs).toISOString())
    .selectAll("sign_in")
    .select("workstation.label")
    .orderBy("sign_in.used_at", "desc")
    .orderBy("sign_in.id")
    .execute();
}

/** Ends all that a person has begun, in browsers and terminals. */
export async function endSignIns(db: Db, person: Id<"person">, now: Date): Promise<void> {
  await db
    .updateTable("sign_in")
    .set({ ended_at: now.toISOString() })
    .where("person", "=", person)
    .where("ended_at", "is", null)
    .execute();
}

/** Ends all that is signed in on a computer, in browsers and terminals. */
export async function endSignInsFrom(db: Db, workstation: Id<"workstation">, now: Date): Promise<void> {
  await db
    .updateTable("sign_in")
    .set({ ended_at: now.toISOString() })
    .where("workstation", "=", workstation)
    .where("ended_at", "is", null)
    .execute();
}

export async function setSignInWorkstation(db: Db, id: Id<"signIn">, workstation: Id<"workstation">): Promise<void> {
  await db.updateTable("sign_in").set({ workstation }).where("id", "=", id).execute();
}
