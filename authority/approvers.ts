import type { CountedSigner } from "../policy/facts.ts";
import { type ApproverKey, type ApproversStatement, type Rules, signingRoles } from "../protocol/approvers.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { membershipsAt, rolesAt } from "../protocol/membership.ts";
import { met, type Signer } from "../protocol/quorum.ts";
import type { SignedByPasskey } from "../protocol/statement.ts";
import { listApproverLists, type StoredApproverList } from "../store/approver-list.ts";
import type { listStaffKeys } from "../store/authenticator.ts";
import type { Db } from "../store/database.ts";
import type { Person } from "../store/person.ts";
import type { Scope } from "../store/scope.ts";
import type { PersonCaller } from "./caller.ts";

/** One yes of an approver, until a site sets its own. */
const oneYes = [{ roles: ["approver" as const], persons: 1 }];
export const defaultRules: Rules = { normal: oneYes, emergency: oneYes };

export function readApprovers(list: Pick<StoredApproverList, "statement">): ApproversStatement {
  return JSON.parse(Buffer.from(list.statement, "base64url").toString("utf8")) as ApproversStatement;
}

/** The list in force at a site; null before its first approver has enrolled. */
export async function currentApprovers(db: Db, scope: Scope, site: Id<"site">): Promise<ApproversStatement | null> {
  const lists = await listApproverLists(db, scope);
  const current = lists.find((list) => list.site === site && list.state === "current");
  return current ? readApprovers(current) : null;
}

export const inForce = ({ expires }: ApproverKey, now: Date) => expires > now.toISOString();

export type StaffKeys = Awaited<ReturnType<typeof listStaffKeys>>;

/** Keys of those whose roles a rule names: nobody else's signature is good for anything. */
export function keysFor(rules: Rules, staff: StaffKeys, now: Date): ApproverKey[] {
  const named = new Set<string>([...rules.normal, ...rules.emergency].flatMap(({ roles }) => roles));
  return staff.flatMap((row) => {
    const roles = signingRoles.filter((role) => named.has(role) && row.roles.includes(role));
    if (row.credential === null || row.public_key === null || row.rp === null || row.origin === null) return [];
    if (roles.length === 0 || row.expires_at <= now.toISOString()) return [];
    const { credential, rp, origin } = row;
    const person = { id: row.person, name: row.name };
    return [{ credential, publicKey: row.public_key, person, rp, origin, roles, expires: row.expires_at }];
  });
}

/** Everybody who could sign by these keys, each in the roles that count. */
export const signersOf = (keys: readonly ApproverKey[]): Signer[] =>
  keys.map(({ person, roles }) => ({ person: person.id, roles }));

/**
 * Whose signatures count now: by a key of the list in force that has not expired, of a person who is still there and holds
 * the role at the list's site still; each until the clock alone takes that away. What a person has lost since they signed counts no
 * longer, though the signature itself stays good.
 */
export async function countedSigners(
  list: ApproversStatement,
  signed: readonly Pick<SignedByPasskey, "credential">[],
  find: (person: Id<"person">) => Promise<Person | null>,
  now: Date,
): Promise<CountedSigner[]> {
  const keys = signed.flatMap(({ credential }) => list.keys.find((key) => key.credential === credential) ?? []);
  const signers = keys.map(async (key) => {
    const person = inForce(key, now) ? await find(key.person.id) : null;
    if (!person?.active) return [];
    const held = rolesAt(person.memberships, list.site);
    const ends = membershipsAt(person.memberships, list.site).map(({ until }) => until ?? key.expires);
    const until = Math.min(...[key.expires, ...ends].map(Date.parse));
    return [{ person: person.id, roles: key.roles.filter((role) => held.includes(role)), until }];
  });
  return (await Promise.all(signers)).flat();
}

/**
 * The caller's passkeys that agents pin, by credential. An approver without one would sign in vain: says so before the
 * finger is on the sensor. Throws `trust-refused`.
 */
export function trustedPasskeys(
  list: ApproversStatement | null,
  caller: PersonCaller,
  rp: string,
  now: Date,
): string[] {
  const own = (list?.keys ?? []).filter(
    (key) => key.person.id === caller.person.id && key.rp === rp && inForce(key, now),
  );
  if (own.length === 0)
    throw new GenkanError(
      "trust-refused",
      "Your passkey waits for another approver's signature on the list of approvers.",
    );
  return own.map(({ credential }) => credential);
}

/** Whether these keys' owners together could meet both rules. Throws `trust-refused` naming the rule that they can't. */
export function requireMeetable(rules: Rules, keys: readonly ApproverKey[]): void {
  for (const [name, requirements] of Object.entries(rules))
    if (!met(requirements, signersOf(keys)))
      throw new GenkanError(
        "trust-refused",
        `Not enough people have enrolled for the rule "${name}": nobody could ever meet it.`,
      );
}
