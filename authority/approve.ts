import type { Static } from "typebox";
import { verifyRequest } from "../crypto/access-request.ts";
import { newId, randomToken } from "../crypto/random.ts";
import { statementHash } from "../crypto/statement.ts";
import { decide } from "../policy/decide.ts";
import type { ApprovalBegin, ApprovalFinish } from "../protocol/api/approval.ts";
import { personActor } from "../protocol/audit.ts";
import { chainFaultsOf, type SignedRequest } from "../protocol/chain.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Grant } from "../protocol/grant.ts";
import { grantFor } from "../protocol/grant-for.ts";
import type { Id } from "../protocol/make-id.ts";
import { met } from "../protocol/quorum.ts";
import type { ApprovalStatement } from "../protocol/statement.ts";
import type { Window } from "../protocol/window.ts";
import { insertApproval, listProposals, putInForce } from "../store/approval.ts";
import { insertCeremony, useCeremony } from "../store/ceremony.ts";
import type { Db } from "../store/database.ts";
import type { Device } from "../store/device.ts";
import { insertGrant, listGrants } from "../store/grant.ts";
import { findRequest, findStatement, settleRequest } from "../store/request.ts";
import { Scope } from "../store/scope.ts";
import { trustedPasskeys } from "./approvers.ts";
import { requireAgreement } from "./asked.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { FactReader } from "./fact-reader.ts";
import { intervalOf, personFacts } from "./facts.ts";
import { faceRp } from "./hosts.ts";
import { assertionOptions, signedByCaller } from "./passkey-signature.ts";
import { viewRequest } from "./request-view.ts";

/** What a begun approval keeps until it is signed: the exact bytes, so that nothing is made anew in between. */
interface Held {
  readonly request: Id<"request">;
  readonly grant: string;
  readonly statement: string;
}

/**
 * Makes the exact grant that a yes would give, and the statement to sign for it. `windows` may be shorter than asked,
 * or fewer. Where somebody has approved already it is that very grant, and its windows are settled. Throws `denied` with reasons,
 * `not-found`, `state-conflict`, `trust-refused` when agents don't know this approver yet.
 */
export async function beginApproval(
  c: Context,
  caller: PersonCaller,
  id: Id<"request">,
  windows: Window[],
): Promise<Static<typeof ApprovalBegin.reply>> {
  const now = c.now();
  return c.store.change(async ({ db }) => {
    const { asked, device, proposal, trusted } = await judged(c, db, caller, id, windows);
    const grantBytes = proposal
      ? Buffer.from(proposal.bytes, "base64url")
      : Buffer.from(JSON.stringify(grantOf(asked, device, windows)));
    requireChain(grantBytes, asked);
    const grantHash = statementHash("genkan/grant/v1", grantBytes);
    const rp = faceRp(c.hosts, caller.face);
    const statement: ApprovalStatement = {
      type: "genkan/approval/v1",
      grants: [grantHash],
      verdict: "approve",
      approver: caller.person.id,
      rp,
      nonce: randomToken(),
    };
    const bytes = Buffer.from(JSON.stringify(statement));
    const challenge = statementHash("genkan/approval/v1", bytes);
    const held: Held = {
      request: id,
      grant: grantBytes.toString("base64url"),
      statement: bytes.toString("base64url"),
    };
    const ceremony = await insertCeremony(db, {
      kind: "approval",
      face: caller.face,
      person: caller.person.id,
      bound_to: caller.signIn.id,
      challenge,
      data: JSON.stringify(held),
      now,
    });
    return {
      ceremony,
      grant: held.grant,
      grantHash,
      statement: held.statement,
      options: await assertionOptions(c, db, caller, challenge, trusted),
    };
  });
}

function grantOf(asked: SignedRequest, { agent, services }: Device, windows: Window[]): Grant {
  return grantFor(asked, { id: newId("grant"), agent: { id: agent.id, key: agent.key }, services, windows });
}

/** What the approver's page and the agent will hold against each other holds here first. Throws `request-mismatch`. */
function requireChain(grant: Buffer, asked: SignedRequest): void {
  const faults = chainFaultsOf(JSON.parse(grant.toString("utf8")) as Grant, asked);
  if (faults.length > 0) throw new GenkanError("request-mismatch", `It differs in: ${faults.join(", ")}.`);
}

/**
 * The signed yes: verified here as the agent will verify it, and kept. The first proposes the grant; the one with which its
 * approvals are what the site requires puts it in force, in the same transaction.
 */
export async function finishApproval(
  c: Context,
  caller: PersonCaller,
  id: Id<"request">,
  ceremonyId: Id<"ceremony">,
  response: unknown,
): Promise<Static<typeof ApprovalFinish.reply>> {
  const now = c.now();
  // Taken in a transaction of its own: a ceremony is spent even when what follows is refused.
  const ceremony = await c.store.change(({ db }) =>
    useCeremony(db, ceremonyId, {
      kind: "approval",
      face: caller.face,
      boundTo: caller.signIn.id,
      now,
    }),
  );
  if (!ceremony || ceremony.person !== caller.person.id) throw new GenkanError("ceremony-invalid");
  const held = JSON.parse(ceremony.data) as Held;
  if (held.request !== id) throw new GenkanError("ceremony-invalid");
  return c.store.change(async (change) => {
    const { db } = change;
    const signed = await signedByCaller(
      c,
      db,
      caller,
      { bytes: held.statement, challenge: ceremony.challenge },
      response,
    );
    const bytes = Buffer.from(held.grant, "base64url");
    const grant = JSON.parse(bytes.toString("utf8")) as Grant;
    const hash = statementHash("genkan/grant/v1", bytes);
    const { request, asked, decision, trusted, proposal, list } = await judged(c, db, caller, id, grant.windows);
    requireChain(bytes, asked);
    if (!trusted.includes(signed.credential))
      throw new GenkanError("trust-refused", "Sign with the passkey that agents know.");
    if (proposal && proposal.hash !== hash)
      throw new GenkanError("state-conflict", "Somebody else has approved meanwhile, for other windows.");
    if (!proposal) await insertGrant(db, { grant, request: id, hash, bytes: held.grant, at: now });
    await insertApproval(db, { grant: grant.id, approver: caller.person.id, signed, at: now });
    const approvals = [...(proposal?.approvals ?? []).map((approval) => approval.signed), signed];
    const read = new FactReader(db, now);
    const by = await read.signers(list, approvals);
    const inForce = met(list.rules[grant.rule], by);
    if (inForce) {
      if (!(await settleRequest(db, caller.scope, id, { state: "approved", by: caller.person.id, at: now })))
        throw new GenkanError("state-conflict");
      if (!(await putInForce(db, decision, grant.id, now))) throw new GenkanError("state-conflict");
    }
    await change.audit({
      at: now,
      action: "request.approve",
      outcome: "allowed",
      actor: personActor(caller.person),
      site: request.site.id,
      vendor: request.vendor.id,
      subjects: { request: id, grant: grant.id, device: request.device.id, person: request.person.id },
      reasons: decision.reasons,
      facts: { grantHash: hash, requestHash: asked.hash, windows: grant.windows, asked: request.windows, inForce },
    });
    change.touch("requests", "grants");
    const [view = null] = inForce ? await listGrants(db, caller.scope, now, grant.id) : [];
    return { request: await viewRequest(db, caller.scope, id, now), grant: view };
  });
}

/** Gathers the facts of a yes and decides; the facts of the requester are read without the approver's narrower scope. */
async function judged(c: Context, db: Db, caller: PersonCaller, id: Id<"request">, windows: readonly Window[]) {
  const now = c.now();
  const system = Scope.system();
  const request = await findRequest(db, caller.scope, id, now);
  if (!request) throw new GenkanError("not-found");
  const stored = await findStatement(db, system, id);
  if (!stored) throw new GenkanError("not-found");
  const asked = await verifyRequest(stored.statement);
  const read = new FactReader(db, now);
  const device = await read.device(request.device.id);
  const person = await read.person(request.person.id);
  // As they stand now: a signature takes its time.
  const approver = await read.person(caller.person.id);
  const workstation = await read.workstation(request.workstation.id);
  const list = await read.approvers(request.site.id);
  if (!device || !person || !approver || !workstation) throw new GenkanError("not-found");
  const proposal = (await listProposals(db, system, [id])).get(id) ?? null;
  const before = (proposal?.approvals ?? []).map((approval) => approval.signed);
  const decision = decide(
    {
      action: "approve",
      ...(await read.standing({
        person,
        factors: caller.signIn.factors,
        workstation: workstation.id,
        device,
        vendor: request.vendor.id,
      })),
      approver: personFacts(approver, device),
      requirements: list?.rules[asked.request.rule] ?? [],
      approved: await read.signers(list, before),
      windows: windows.map(intervalOf),
      asked: asked.request.windows.map(intervalOf),
      services: request.services.map(({ id }) => id),
    },
    now.getTime(),
  );
  if (proposal?.approvals.some((approval) => approval.person.id === caller.person.id))
    throw new GenkanError("state-conflict", "You have approved this already.");
  if (decision.effect === "deny") throw new GenkanError("denied", undefined, { reasons: decision.reasons });
  if (request.state !== "pending") throw new GenkanError("state-conflict", `The request is ${request.state}.`);
  if (proposal && JSON.stringify(proposal.windows) !== JSON.stringify(windows))
    throw new GenkanError("state-conflict", "Somebody else has approved already, for other windows.");
  requireAgreement(asked, { person, workstation, device });
  const trusted = trustedPasskeys(list, caller, faceRp(c.hosts, caller.face), now);
  if (!list) throw new GenkanError("trust-refused");
  return { request, asked, device, decision, trusted, proposal, list };
}
