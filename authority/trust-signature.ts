import type { Static } from "typebox";
import { statementHash } from "../crypto/statement.ts";
import type { TrustSign, TrustView } from "../protocol/api/trust.ts";
import { personActor } from "../protocol/audit.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { rolesAt } from "../protocol/membership.ts";
import { met } from "../protocol/quorum.ts";
import { listApproverLists, type StoredApproverList, updateApproverList } from "../store/approver-list.ts";
import { insertCeremony, useCeremony } from "../store/ceremony.ts";
import type { Db } from "../store/database.ts";
import { findPerson } from "../store/person.ts";
import { countedSigners, inForce, readApprovers } from "./approvers.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import type { LeaseRenewal } from "./lease-renewal.ts";
import { requireNotLocked } from "./not-locked.ts";
import { assertionOptions, signedByCaller } from "./passkey-signature.ts";
import { requireTakable, viewTrust } from "./trust.ts";

/** `site`: for which, of several. Throws `bad-request` when they don't say, `not-found` when no list waits there. */
export async function beginTrustSignature(
  c: Context,
  caller: PersonCaller,
  site?: Id<"site">,
): Promise<Static<typeof TrustSign.beginReply>> {
  const now = c.now();
  return c.store.change(async ({ db }) => {
    const { current, proposed } = await listsOf(db, caller, await siteToSign(db, caller, site), now);
    const challenge = statementHash("genkan/approvers/v1", Buffer.from(proposed.statement, "base64url"));
    const ceremony = await insertCeremony(db, {
      kind: "trust",
      face: caller.face,
      person: caller.person.id,
      bound_to: caller.signIn.id,
      challenge,
      data: JSON.stringify({ site: proposed.site, hash: proposed.hash } satisfies Held),
      now,
    });
    const counted = readApprovers(current).keys.map(({ credential }) => credential);
    const options = await assertionOptions(c, db, caller, challenge, counted);
    return { ceremony, statement: proposed.statement, options };
  });
}

/**
 * One of those whom the version in force requires signs the next. Once enough have, it becomes current and goes to the agents,
 * and live sessions are decided again: whose approvals count is a fact that they stand on.
 */
export async function finishTrustSignature(
  c: Context,
  leases: LeaseRenewal,
  caller: PersonCaller,
  ceremonyId: Id<"ceremony">,
  response: unknown,
): Promise<TrustView> {
  const now = c.now();
  const ceremony = await c.store.change(({ db }) =>
    useCeremony(db, ceremonyId, { kind: "trust", face: caller.face, boundTo: caller.signIn.id, now }),
  );
  if (!ceremony || ceremony.person !== caller.person.id) throw new GenkanError("ceremony-invalid");
  const view = await c.store.change(async (change) => {
    const { db } = change;
    const held = JSON.parse(ceremony.data) as Held;
    const { current, proposed } = await listsOf(db, caller, held.site, now);
    if (held.hash !== proposed.hash) throw new GenkanError("state-conflict", "The proposal has changed.");
    const signed = await signedByCaller(
      c,
      db,
      caller,
      // A list may be long, and travels beside its signatures: each keeps its hash and no copy of it.
      { bytes: proposed.hash, challenge: ceremony.challenge },
      response,
    );
    const signatures = [...proposed.signatures.filter(({ credential }) => credential !== signed.credential), signed];
    const list = readApprovers(current);
    const by = await countedSigners(list, signatures, (id) => findPerson(db, caller.scope, id, now), now);
    const reached = met(list.rules.normal, by);
    await updateApproverList(db, caller.scope, { ...proposed, signatures, state: reached ? "current" : "proposed" });
    if (reached) await updateApproverList(db, caller.scope, { ...current, state: "replaced" });
    await change.audit({
      at: now,
      action: "trust.sign",
      outcome: "allowed",
      actor: personActor(caller.person),
      site: proposed.site,
      subjects: { site: proposed.site },
      facts: { version: proposed.version, hash: proposed.hash, reached },
    });
    change.touch("trust");
    const view = await viewTrust(db, caller.scope, proposed.site);
    if (!view) throw new GenkanError("not-found");
    return view;
  });
  c.agents.proposeTrust();
  await leases.round();
  return view;
}

/** What a begun signature keeps until it is signed. */
interface Held {
  readonly site: Id<"site">;
  readonly hash: Hash;
}

/** Where a list waits: at the site that is named, else at the only one of the caller's where one does. */
async function siteToSign(db: Db, caller: PersonCaller, named: Id<"site"> | undefined): Promise<Id<"site">> {
  if (named !== undefined) return named;
  const waiting = (await listApproverLists(db, caller.scope)).filter(({ state }) => state === "proposed");
  const [only, another] = waiting.map(({ site }) => site);
  if (only === undefined) throw new GenkanError("not-found");
  if (another !== undefined)
    throw new GenkanError(
      "bad-request",
      "Lists of several sites wait for you: name the site of the one that you sign.",
    );
  return only;
}

async function listsOf(
  db: Db,
  caller: PersonCaller,
  site: Id<"site">,
  now: Date,
): Promise<{ current: StoredApproverList; proposed: StoredApproverList }> {
  const lists = await listApproverLists(db, caller.scope.at(site));
  const held = rolesAt(caller.person.memberships, site);
  const current = lists.find(({ state }) => state === "current");
  const proposed = lists.find(({ state }) => state === "proposed");
  if (!current || !proposed) throw new GenkanError("not-found");
  const { keys, rules } = readApprovers(current);
  const wanted = rules.normal.flatMap(({ roles }) => roles);
  const signer = keys.some(
    (key) =>
      key.person.id === caller.person.id &&
      inForce(key, now) &&
      key.roles.some((role) => wanted.includes(role) && held.includes(role)),
  );
  if (!signer) throw new GenkanError("denied", undefined, { reasons: ["not-approver-of-site"] });
  await requireNotLocked(db, caller, site);
  requireTakable(Buffer.from(proposed.statement, "base64url"));
  return { current, proposed };
}
