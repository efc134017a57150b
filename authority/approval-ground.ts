import { statementHash } from "../crypto/statement.ts";
import { verifyAssertion } from "../crypto/webauthn.ts";
import type { ApprovalGround } from "../protocol/api/approval-ground.ts";
import type { ApproversStatement } from "../protocol/approvers.ts";
import { personActor } from "../protocol/audit.ts";
import type { Hash } from "../protocol/brand.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import type { ApprovalStatement, SignedByPasskey } from "../protocol/statement.ts";
import { findDevice } from "../store/device.ts";
import { listApprovedBytes } from "../store/grant.ts";
import { findStatement } from "../store/request.ts";
import { Scope } from "../store/scope.ts";
import { listWorkstationKeys } from "../store/workstation.ts";
import { currentApprovers } from "./approvers.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";

/** What the approver's page verifies, shows, and compares with what it is asked to sign. Throws `not-found`. */
export async function approvalGround(c: Context, caller: PersonCaller, id: Id<"request">): Promise<ApprovalGround> {
  const { db } = c.store;
  const system = Scope.system();
  const stored = await findStatement(db, caller.scope, id);
  const device = stored && (await findDevice(db, system, stored.request.device.id));
  if (!stored || !device) throw new GenkanError("not-found");
  const { request } = stored;
  const list = await currentApprovers(db, system, request.site.id);
  const before = await listApprovedBytes(db, system, request.person.id);
  const approved = before.filter(({ hash, bytes, approvals }) =>
    list ? approvals.some((signed) => signedFor(hash, bytes, signed, list)) : false,
  );
  const counts = new Map<string, number>();
  for (const { grant } of approved)
    for (const key of grant.workstation.thumbprints) counts.set(key, (counts.get(key) ?? 0) + 1);
  const keys = await listWorkstationKeys(db, system, request.workstation.id);
  return {
    statement: stored.statement,
    agent: { id: device.agent.id, name: device.agent.name, key: device.agent.key },
    services: device.services.filter((service) => request.services.some((asked) => asked.id === service.id)),
    keys: keys
      .filter(({ thumbprint }) => request.workstation.thumbprints.includes(thumbprint))
      .map(({ thumbprint, kind, since }) => ({ thumbprint, kind, since, approvals: counts.get(thumbprint) ?? 0 })),
  };
}

/**
 * Whether a row of the store is what an approver of the list really signed. Rows alone make no key known: whoever can write
 * them would make their own one look old.
 */
function signedFor(hash: Hash, grant: Uint8Array, signed: SignedByPasskey, list: ApproversStatement): boolean {
  const key = list.keys.find(({ credential }) => credential === signed.credential);
  const bytes = Buffer.from(signed.statement, "base64url");
  if (!key || statementHash("genkan/grant/v1", grant) !== hash) return false;
  try {
    const { grants } = JSON.parse(bytes.toString("utf8")) as ApprovalStatement;
    const { origin, rp, publicKey } = key;
    const challenge = statementHash("genkan/approval/v1", bytes);
    verifyAssertion(signed, { challenge, origin, rp, publicKey }, "approval-missing");
    return grants.includes(hash);
  } catch {
    return false;
  }
}

/** The page refused to have something signed that it does not show: somebody must look into it. */
export async function reportMismatch(
  c: Context,
  caller: PersonCaller,
  id: Id<"request">,
  faults: readonly string[],
): Promise<void> {
  await c.store.change(async (change) => {
    const stored = await findStatement(change.db, caller.scope, id);
    if (!stored) throw new GenkanError("not-found");
    const { site, vendor, device } = stored.request;
    await change.audit({
      at: c.now(),
      action: "request.mismatch",
      outcome: "refused",
      actor: personActor(caller.person),
      site: site.id,
      vendor: vendor.id,
      subjects: { request: id, device: device.id },
      facts: { faults, requestHash: stored.hash },
    });
  });
}
