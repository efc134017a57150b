import type { Static } from "typebox";
import { Check } from "typebox/value";
import { parseStatement, statementHash } from "../crypto/statement.ts";
import { agentOrders } from "../protocol/agent-control.ts";
import type { TrustSign, TrustView } from "../protocol/api/trust.ts";
import { GenkanError } from "../protocol/error.ts";
import { ApproverKey, ApproversStatement } from "../protocol/statement.ts";
import { listApproverKeys } from "../store/authenticator.ts";
import { insertCeremony, useCeremony } from "../store/ceremony.ts";
import type { Db } from "../store/database.ts";
import { Scope } from "../store/scope.ts";
import type { Change } from "../store/store.ts";
import {
  dropProposedTrustRoot,
  insertTrustRoot,
  listTrustRoots,
  type TrustRoot,
  updateTrustRoot,
} from "../store/trust-root.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";
import { assertionOptions, signedByCaller } from "./passkey-signature.ts";

export function readApprovers(root: Pick<TrustRoot, "statement">): ApproversStatement {
  return JSON.parse(Buffer.from(root.statement, "base64url").toString("utf8")) as ApproversStatement;
}

/**
 * Brings a site's trust root up to its approvers' passkeys. Version 1 is current at once (agents pin it only when a person
 * on their host accepts its fingerprint); each later version waits for the threshold of the version before. When the
 * passkeys that could sign have all expired, the next is current at once too, and agents wait for a person again. Throws
 * `trust-refused` when no agent could take what would be proposed.
 */
export async function proposeTrust(change: Change, site: string, now: Date): Promise<void> {
  const { db } = change;
  const system = Scope.system();
  const keys = approverKeys(await listApproverKeys(db, system, site)).filter((key) => inForce(key, now));
  const roots = (await listTrustRoots(db, system)).filter((root) => root.site === site);
  const current = roots.find(({ state }) => state === "current");
  if (keys.length === 0 || (current && JSON.stringify(readApprovers(current).keys) === JSON.stringify(keys))) return;
  const unfit = keys.find((key): boolean => !Check(ApproverKey, key));
  if (unfit)
    throw new GenkanError("trust-refused", `No agent could read the passkey or the name of ${unfit.person.id}.`);
  if (!Check(ApproversStatement.properties.keys, keys)) throw tooLong();
  const statement: ApproversStatement = {
    type: "genkan/approvers/v1",
    site,
    version: (current?.version ?? 0) + 1,
    previous: current?.hash ?? null,
    keys,
    rules: {
      normal: { roles: ["approver"], threshold: 1 },
      emergency: { roles: ["approver"], threshold: 1 },
    },
  };
  const bytes = Buffer.from(JSON.stringify(statement));
  requireTakable(bytes);
  const hash = statementHash("genkan/approvers/v1", bytes);
  await dropProposedTrustRoot(db, system, site);
  const signed = current && canBeFollowed(readApprovers(current), now);
  if (current && !signed) await updateTrustRoot(db, system, { ...current, state: "replaced" });
  const state = signed ? "proposed" : "current";
  await insertTrustRoot(
    db,
    system,
    { site, version: statement.version, hash, statement: bytes.toString("base64url"), signatures: [], state },
    now,
  );
  await change.audit({
    at: now,
    action: "trust.propose",
    outcome: "done",
    site,
    facts: { version: statement.version, hash, approvers: keys.map(({ person }) => person.id) },
  });
  change.touch("trust");
}

const inForce = ({ expires }: ApproverKey, now: Date) => expires > now.toISOString();

/** Whether enough of those whom a root names could still sign the next. */
function canBeFollowed({ keys, rules }: ApproversStatement, now: Date): boolean {
  const persons = new Set(keys.filter((key) => inForce(key, now)).map(({ person }) => person.id));
  return persons.size >= rules.normal.threshold;
}

/**
 * Holds a root against what agents take: one that they can't read is never pinned, nor is any version after it. Throws
 * `trust-refused`.
 */
function requireTakable(bytes: Buffer): void {
  parseStatement(ApproversStatement, bytes, "trust-refused");
  if (!Check(agentOrders["trust.propose"].send.properties.statement, bytes.toString("base64url"))) throw tooLong();
}

const tooLong = () => new GenkanError("trust-refused", "The list of approvers is longer than agents read.");

function approverKeys(rows: Awaited<ReturnType<typeof listApproverKeys>>): ApproverKey[] {
  return rows.flatMap((row) =>
    row.credential !== null && row.public_key !== null && row.rp !== null && row.origin !== null
      ? [
          {
            credential: row.credential,
            publicKey: row.public_key,
            person: { id: row.person, name: row.name },
            rp: row.rp,
            origin: row.origin,
            roles: ["approver" as const],
            expires: row.expires_at,
          },
        ]
      : [],
  );
}

/**
 * The caller's passkeys that agents pin, by credential. An approver without one would sign in vain: says so before the
 * finger is on the sensor. Throws `trust-refused`.
 */
export async function trustedPasskeys(db: Db, caller: Caller, rp: string, now: Date): Promise<string[]> {
  const roots = await listTrustRoots(db, caller.scope);
  const current = roots.find(({ state }) => state === "current");
  const keys = current ? readApprovers(current).keys : [];
  const own = keys.filter((key) => key.person.id === caller.person.id && key.rp === rp && inForce(key, now));
  if (own.length === 0)
    throw new GenkanError("trust-refused", "Your passkey waits for another approver's signature on the trust root.");
  return own.map(({ credential }) => credential);
}

export async function viewTrust(db: Db, scope: Scope): Promise<TrustView> {
  const roots = await listTrustRoots(db, scope);
  const current = roots.find(({ state }) => state === "current");
  const proposed = roots.find(({ state }) => state === "proposed");
  const summary = (root: TrustRoot) => ({
    version: root.version,
    hash: root.hash,
    approvers: readApprovers(root).keys.map(({ person, credential, expires }) => ({ person, credential, expires })),
  });
  return {
    current: current ? summary(current) : null,
    proposed:
      proposed && current
        ? {
            ...summary(proposed),
            signedBy: signers(current, proposed),
            threshold: readApprovers(current).rules.normal.threshold,
          }
        : null,
  };
}

function signers(current: TrustRoot, proposed: TrustRoot): { id: string; name: string }[] {
  const { keys } = readApprovers(current);
  return proposed.signatures.flatMap(
    ({ credential }) => keys.find((key) => key.credential === credential)?.person ?? [],
  );
}

export async function beginTrustSignature(c: Context, caller: Caller): Promise<Static<typeof TrustSign.beginReply>> {
  const now = c.now();
  return c.store.change(async ({ db }) => {
    const { proposed } = await rootsOf(db, caller, now);
    const challenge = statementHash("genkan/approvers/v1", Buffer.from(proposed.statement, "base64url"));
    const ceremony = await insertCeremony(db, caller.scope, {
      kind: "trust",
      face: caller.face,
      person: caller.person.id,
      bound_to: caller.signIn.id,
      challenge,
      data: proposed.hash,
      now,
    });
    return { ceremony, statement: proposed.statement, options: await assertionOptions(c, db, caller, challenge) };
  });
}

/** An approver of the current version signs the next; at the threshold it becomes current and goes to the agents. */
export async function finishTrustSignature(
  c: Context,
  caller: Caller,
  ceremonyId: string,
  response: unknown,
): Promise<TrustView> {
  const now = c.now();
  const ceremony = await c.store.change(({ db }) =>
    useCeremony(db, caller.scope, ceremonyId, { kind: "trust", face: caller.face, boundTo: caller.signIn.id, now }),
  );
  if (!ceremony || ceremony.person !== caller.person.id) throw new GenkanError("ceremony-invalid");
  const view = await c.store.change(async (change) => {
    const { db } = change;
    const { current, proposed } = await rootsOf(db, caller, now);
    if (ceremony.data !== proposed.hash) throw new GenkanError("state-conflict", "The proposal has changed.");
    const signed = await signedByCaller(
      c,
      db,
      caller,
      // A root is as long as its list, and travels beside its signatures: each keeps its hash and no copy of it.
      { bytes: proposed.hash, challenge: ceremony.challenge },
      response,
    );
    const signatures = [...proposed.signatures.filter(({ credential }) => credential !== signed.credential), signed];
    const persons = new Set(signers(current, { ...proposed, signatures }).map(({ id }) => id));
    const reached = persons.size >= readApprovers(current).rules.normal.threshold;
    await updateTrustRoot(db, caller.scope, { ...proposed, signatures, state: reached ? "current" : "proposed" });
    if (reached) await updateTrustRoot(db, caller.scope, { ...current, state: "replaced" });
    await change.audit({
      at: now,
      action: "trust.sign",
      outcome: "allowed",
      actor: caller.person,
      site: proposed.site,
      facts: { version: proposed.version, hash: proposed.hash, reached },
    });
    change.touch("trust");
    return viewTrust(db, caller.scope);
  });
  c.agents.proposeTrust();
  return view;
}

async function rootsOf(db: Db, caller: Caller, now: Date): Promise<{ current: TrustRoot; proposed: TrustRoot }> {
  const roots = await listTrustRoots(db, caller.scope);
  const current = roots.find(({ state }) => state === "current");
  const proposed = roots.find(({ state }) => state === "proposed");
  if (!current || !proposed) throw new GenkanError("not-found");
  const signer = readApprovers(current).keys.some((key) => key.person.id === caller.person.id && inForce(key, now));
  if (!signer) throw new GenkanError("denied", undefined, { reasons: ["not-approver-of-site"] });
  await requireNotLocked(db, caller);
  requireTakable(Buffer.from(proposed.statement, "base64url"));
  return { current, proposed };
}
