import { Check } from "typebox/value";
import { parseStatement, statementHash } from "../crypto/statement.ts";
import { agentOrders } from "../protocol/agent-control.ts";
import type { TrustView } from "../protocol/api/trust.ts";
import { ApproverKey, ApproversStatement, type Rules } from "../protocol/approvers.ts";
import { systemActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { met } from "../protocol/quorum.ts";
import {
  dropProposedApproverList,
  insertApproverList,
  listApproverLists,
  type StoredApproverList,
  updateApproverList,
} from "../store/approver-list.ts";
import { listStaffKeys } from "../store/authenticator.ts";
import type { Db } from "../store/database.ts";
import { Scope } from "../store/scope.ts";
import { listSites } from "../store/site.ts";
import type { Change } from "../store/store.ts";
import {
  defaultRules,
  inForce,
  keysFor,
  readApprovers,
  requireMeetable,
  type StaffKeys,
  signersOf,
} from "./approvers.ts";

/**
 * Brings a site's list of approvers up to its staff's passkeys and, when `rules` are given, to new requirements. Version 1 is
 * current at once (agents pin it only when a person on their host accepts its fingerprint); each later version waits for
 * those whom the version before requires. When those who could sign are no longer enough, because passkeys have expired or
 * people have lost their roles, the next is current at once too, and agents wait for a person again. Throws `trust-refused`
 * when no agent could take what would be proposed, or when nobody could ever meet the new requirements.
 */
export async function proposeTrust(change: Change, site: Id<"site">, now: Date, rules?: Rules): Promise<void> {
  const { db } = change;
  const system = Scope.system();
  const lists = (await listApproverLists(db, system)).filter((list) => list.site === site);
  const current = lists.find(({ state }) => state === "current");
  const waiting = lists.find(({ state }) => state === "proposed");
  // None is in force once the last approver's key was taken away: the next follows the one that was.
  const last = current ?? lists.findLast(({ state }) => state === "replaced");
  const known = waiting ?? last;
  const asked = rules ?? (known ? readApprovers(known).rules : defaultRules);
  const staff = await listStaffKeys(db, system, site, now);
  const keys = keysFor(asked, staff, now);
  if (rules) requireMeetable(rules, keys);
  if (keys.length === 0 || (current && isSame(readApprovers(current), keys, asked))) {
    // What waits names somebody, or a key, that has gone again: nobody is to sign it.
    await dropProposedApproverList(db, system, site);
    if (waiting) change.touch("trust");
    return;
  }
  const unfit = keys.find((key): boolean => !Check(ApproverKey, key));
  if (unfit)
    throw new GenkanError("trust-refused", `No agent could read the passkey or the name of ${unfit.person.id}.`);
  if (!Check(ApproversStatement.properties.keys, keys)) throw tooLong();
  const statement: ApproversStatement = {
    type: "genkan/approvers/v1",
    site,
    version: (last?.version ?? 0) + 1,
    previous: last?.hash ?? null,
    keys,
    rules: asked,
  };
  const bytes = Buffer.from(JSON.stringify(statement));
  requireTakable(bytes);
  const hash = statementHash("genkan/approvers/v1", bytes);
  await dropProposedApproverList(db, system, site);
  const signed = current && canBeFollowed(readApprovers(current), staff, now);
  if (current && !signed) await updateApproverList(db, system, { ...current, state: "replaced" });
  const state = signed ? "proposed" : "current";
  await insertApproverList(
    db,
    { site, version: statement.version, hash, statement: bytes.toString("base64url"), signatures: [], state },
    now,
  );
  await change.audit({
    at: now,
    action: "trust.propose",
    outcome: "done",
    actor: systemActor,
    site,
    subjects: { site },
    facts: { version: statement.version, hash, approvers: keys.map(({ person }) => person.id), rules: asked },
  });
  change.touch("trust");
}

/** Takes a site's list out of force, with what was proposed after it: until somebody enrols again nobody approves. */
export async function retireTrust(change: Change, site: Id<"site">): Promise<void> {
  const system = Scope.system();
  await dropProposedApproverList(change.db, system, site);
  for (const list of await listApproverLists(change.db, system))
    if (list.site === site && list.state === "current")
      await updateApproverList(change.db, system, { ...list, state: "replaced" });
  change.touch("trust");
}

const isSame = (list: ApproversStatement, keys: readonly ApproverKey[], rules: Rules) =>
  JSON.stringify([list.keys, list.rules]) === JSON.stringify([keys, rules]);

/** Whether those whom a list requires could still sign the next: their keys are in force, and they hold their roles still. */
function canBeFollowed({ keys, rules }: ApproversStatement, staff: StaffKeys, now: Date): boolean {
  const present = keysFor(rules, staff, now).filter(({ credential }) =>
    keys.some((key) => key.credential === credential && inForce(key, now)),
  );
  return met(rules.normal, signersOf(present));
}

/**
 * Holds a list against what agents take: one that they can't read is never pinned, nor is any version after it. Throws
 * `trust-refused`.
 */
export function requireTakable(bytes: Buffer): void {
  parseStatement(ApproversStatement, bytes, "trust-refused");
  if (!Check(agentOrders["trust.propose"].send.properties.statement, bytes.toString("base64url"))) throw tooLong();
}

const tooLong = () => new GenkanError("trust-refused", "The list of approvers is longer than agents read.");

/** The lists of one site, or null of one that this scope does not see. */
export async function viewTrust(db: Db, scope: Scope, site: Id<"site">): Promise<TrustView | null> {
  return (await viewTrusts(db, scope.at(site)))[0] ?? null;
}

/** The lists of each site of a scope, by the site's name. */
export async function viewTrusts(db: Db, scope: Scope): Promise<TrustView[]> {
  const lists = await listApproverLists(db, scope);
  const sites = await listSites(db, scope);
  return sites.map(({ id, name }) => ({
    site: { id, name },
    ...viewLists(lists.filter(({ site }) => site === id)),
  }));
}

function viewLists(lists: readonly StoredApproverList[]): Omit<TrustView, "site"> {
  const current = lists.find(({ state }) => state === "current");
  const proposed = lists.find(({ state }) => state === "proposed");
  const summary = (list: StoredApproverList) => {
    const { keys, rules } = readApprovers(list);
    return {
      version: list.version,
      hash: list.hash,
      approvers: keys.map(({ person, credential, roles, expires }) => ({ person, credential, roles, expires })),
      rules,
    };
  };
  return {
    current: current ? summary(current) : null,
    proposed:
      proposed && current
        ? { ...summary(proposed), signedBy: keysThatSigned(current, proposed).map(({ person }) => person) }
        : null,
  };
}

/** Keys of the version in force that signed the next. */
export function keysThatSigned(
  current: StoredApproverList,
  proposed: Pick<StoredApproverList, "signatures">,
): ApproverKey[] {
  const { keys } = readApprovers(current);
  return proposed.signatures.flatMap(({ credential }) => keys.find((key) => key.credential === credential) ?? []);
}
