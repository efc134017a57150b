import { beginApproval, finishApproval } from "../../../authority/approve.ts";
import type { PersonCaller } from "../../../authority/caller.ts";
import { beginTrustSignature, finishTrustSignature } from "../../../authority/trust-signature.ts";
import type { Id } from "../../../protocol/make-id.ts";
import { listGrants } from "../../../store/grant.ts";
import { Scope } from "../../../store/scope.ts";
import { Passkey } from "../../passkey.ts";
import { asked, assertionJson } from "./parts.ts";
import { type Name, World } from "./world.ts";

export const system = Scope.system();

/** A request of the technician, an approver who is trusted, and an approval that waits for the signature. */
export async function begun() {
  const world = await World.open();
  const { context } = world;
  const passkey = await world.enrol("approver");
  const technician = await world.caller("technician");
  const approver = await world.caller("approver");
  const request = await asked(world, technician);
  const begin = await beginApproval(context, approver, request.id, request.windows);
  const { challenge } = begin.options as { challenge: string };
  const finish = async (
    o: { caller?: PersonCaller; id?: Id<"request">; ceremony?: Id<"ceremony">; response?: unknown } = {},
  ) => {
    const response = o.response ?? assertionJson(passkey, challenge);
    const ceremony = o.ceremony ?? begin.ceremony;
    const { grant } = await finishApproval(context, o.caller ?? approver, o.id ?? request.id, ceremony, response);
    if (!grant) throw new Error("one yes is not enough");
    return grant;
  };
  const grants = () => listGrants(world.store.db, system, new Date(world.clock));
  return { world, context, passkey, technician, approver, request, begin, challenge, finish, grants };
}

/** This person signs the list of approvers that waits. */
export async function signTrust(world: World, name: Name): Promise<void> {
  const caller = await world.caller(name);
  const { ceremony, options } = await beginTrustSignature(world.context, caller);
  const { challenge } = options as { challenge: string };
  const passkey = world.passkeys.get(name) as Passkey;
  await finishTrustSignature(world.context, world.leases, caller, ceremony, assertionJson(passkey, challenge));
}

/** Brings the second approver into the list of approvers, by the first one's signature. */
export async function trustSecond(world: World): Promise<Passkey> {
  const second = await world.enrol("secondApprover");
  await signTrust(world, "approver");
  return second;
}
