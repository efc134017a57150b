import type { Static } from "typebox";
import { verifyRequest } from "../crypto/access-request.ts";
import { decide } from "../policy/decide.ts";
import type { RequestCreate, RequestView } from "../protocol/api/request.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { rolesAt } from "../protocol/membership.ts";
import type { Db } from "../store/database.ts";
import { findDevice } from "../store/device.ts";
import { vendorOf } from "../store/person.ts";
import { findRequest, insertRequest, type RequestRow, settleRequest } from "../store/request.ts";
import { Scope } from "../store/scope.ts";
import { currentApprovers, defaultRules } from "./approvers.ts";
import { requireAgreement } from "./asked.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { FactReader } from "./fact-reader.ts";
import { checkZone, intervalOf } from "./facts.ts";
import { requireNotLocked } from "./not-locked.ts";
import { viewRequest } from "./request-view.ts";

/**
 * A technician asks, in bytes that the workstation signed. Throws `denied` with the reasons, `not-found`, `window-invalid`,
 * `request-malformed`, `request-mismatch`, and `state-conflict` for what was asked before.
 */
export async function ask(
  c: Context,
  caller: PersonCaller,
  body: Static<typeof RequestCreate.body>,
): Promise<RequestView> {
  const now = c.now();
  const { scope, signIn } = caller;
  const signed = await verifyRequest(body.request);
  const { request } = signed;
  checkZone(request.zone);
  const windows = request.windows.map(intervalOf);
  return c.store.change(async (change) => {
    const { db } = change;
    const read = new FactReader(db, now);
    const device = await findDevice(db, scope, request.device.id);
    const person = await read.person(caller.person.id);
    const vendor = person && vendorOf(person);
    if (!device || !vendor) throw new GenkanError("not-found");
    const workstation = signIn.workstation === null ? null : await read.workstation(signIn.workstation);
    const { factors } = signIn;
    const facts = {
      action: "ask",
      ...(await read.standing({ person, factors, workstation: signIn.workstation, device, vendor: vendor.id })),
      windows,
      services: request.services.map(({ id }) => id),
      openRequests: await read.openRequests(person.id),
    } as const;
    const decision = decide(facts, now.getTime());
    if (decision.effect === "deny" || !workstation)
      throw new GenkanError("denied", undefined, { reasons: decision.reasons });
    requireAgreement(signed, { person, workstation, device });
    if (!(await insertRequest(db, { request, hash: signed.hash, statement: body.request }, now)))
      throw new GenkanError("state-conflict", "A request with this id or these bytes exists.");
    const { type: _, id, site, person: _asker, vendor: _for, workstation: _from, device: _of, ...said } = request;
    await change.audit({
      at: now,
      action: "request.create",
      outcome: "allowed",
      actor: personActor(person),
      site: site.id,
      vendor: vendor.id,
      subjects: { request: id, device: device.id, workstation: workstation.id },
      reasons: decision.reasons,
      facts: { ...said, requestHash: signed.hash, signer: signed.signer },
    });
    change.touch("requests");
    return viewRequest(db, scope, id, now);
  });
}

/** The requester takes a pending request back. */
export async function withdraw(c: Context, caller: PersonCaller, id: Id<"request">): Promise<RequestView> {
  return settle(c, caller, id, { state: "withdrawn", action: "request.withdraw" });
}

/** An approver says no, with a reason that the requester sees. */
export async function deny(c: Context, caller: PersonCaller, id: Id<"request">, reason: string): Promise<RequestView> {
  return settle(c, caller, id, { state: "denied", action: "request.deny", denial: reason });
}

async function settle(
  c: Context,
  caller: PersonCaller,
  id: Id<"request">,
  to: { state: "denied" | "withdrawn"; action: "request.deny" | "request.withdraw"; denial?: string },
): Promise<RequestView> {
  const now = c.now();
  return c.store.change(async (change) => {
    const request = await findRequest(change.db, caller.scope, id, now);
    if (!request) throw new GenkanError("not-found");
    const own = request.person.id === caller.person.id;
    if (to.state === "denied" && own) throw new GenkanError("denied", undefined, { reasons: ["self-approval"] });
    // Colleagues with a wider scope see the request; only the requester may take it back.
    if (to.state === "withdrawn" && !own) throw new GenkanError("not-found");
    if (to.state === "denied") {
      await requireNotLocked(change.db, caller, request.site.id);
      await requireRequired(change.db, caller, request);
    }
    if (request.state !== "pending") throw new GenkanError("state-conflict", `The request is ${request.state}.`);
    const moved = await settleRequest(change.db, caller.scope, id, {
      state: to.state,
      by: caller.person.id,
      at: now,
      ...(to.denial === undefined ? {} : { denial: to.denial }),
    });
    if (!moved) throw new GenkanError("state-conflict");
    await change.audit({
      at: now,
      action: to.action,
      outcome: "done",
      actor: personActor(caller.person),
      site: request.site.id,
      vendor: request.vendor.id,
      subjects: { request: id, device: request.device.id },
      facts: to.denial === undefined ? {} : { reason: to.denial },
    });
    change.touch("requests");
    return viewRequest(change.db, caller.scope, id, now);
  });
}

/** Whoever could approve may refuse; before there is a list, an approver. */
async function requireRequired(db: Db, caller: PersonCaller, request: RequestRow): Promise<void> {
  const rules = (await currentApprovers(db, Scope.system(), request.site.id))?.rules ?? defaultRules;
  const held = rolesAt(caller.person.memberships, request.site.id);
  if (!rules[request.rule].some(({ roles }) => roles.some((role) => held.includes(role))))
    throw new GenkanError("denied", undefined, { reasons: ["not-approver-of-site"] });
}
