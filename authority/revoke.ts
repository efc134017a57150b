import type { GrantView } from "../protocol/api/grant.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { listGrants, revokeGrant } from "../store/grant.ts";
import { liveSessions } from "../store/session.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { requireNotLocked } from "./not-locked.ts";
import { endSessions } from "./session-end.ts";

/** An approver or officer takes a grant back: for good, and its sessions end now. */
export async function revoke(c: Context, caller: PersonCaller, id: Id<"grant">, reason: string): Promise<GrantView> {
  const now = c.now();
  await c.store.urgent(async (change) => {
    const [grant] = await listGrants(change.db, caller.scope, now, id);
    if (!grant) throw new GenkanError("not-found");
    await requireNotLocked(change.db, caller, grant.site.id);
    if (!(await revokeGrant(change.db, caller.scope, id, caller.person.id, reason, now)))
      throw new GenkanError("state-conflict", "The grant is revoked already.");
    await change.audit({
      at: now,
      action: "grant.revoke",
      outcome: "done",
      actor: personActor(caller.person),
      site: grant.site.id,
      vendor: grant.vendor.id,
      subjects: { grant: id, device: grant.device.id, person: grant.person.id },
      facts: { reason },
    });
    change.touch("grants");
  });
  const live = (await liveSessions(c.store.db, caller.scope)).filter(({ grant }) => grant === id);
  await endSessions(
    c,
    live.map(({ id: session }) => session),
    { reason: "revoked", by: caller.person },
  );
  const [view] = await listGrants(c.store.db, caller.scope, now, id);
  if (!view) throw new GenkanError("not-found");
  return view;
}
