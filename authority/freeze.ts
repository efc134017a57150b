import type { Static } from "typebox";
import type { SessionFreeze, SessionView } from "../protocol/api/session.ts";
import { personActor } from "../protocol/audit.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { findSession, listSessions, setFrozen } from "../store/session.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { justWritten } from "./just-written.ts";
import { requireNotLocked } from "./not-locked.ts";

/**
 * Stops the bytes of a session without ending it, for a while; the gateway cuts it when that lasts too long. Bytes flow again
 * only when that is kept: no session runs that its row calls frozen. One that ends meanwhile is not frozen, and the log says
 * nothing of the kind after its end.
 */
export async function freeze(
  c: Context,
  caller: PersonCaller,
  id: Id<"session">,
  { frozen, reason }: Static<typeof SessionFreeze.body>,
): Promise<SessionView> {
  const row = await findSession(c.store.db, caller.scope, id);
  if (!row) throw new GenkanError("not-found");
  if (row.state === "ended") throw hasEnded();
  await requireNotLocked(c.store.db, caller, row.site);
  const before = (await listSessions(c.store.db, caller.scope, id))[0]?.frozen ?? null;
  const now = c.now();
  const gateway = c.gateways.find(row.gateway);
  if (!gateway) throw new GenkanError("gateway-unavailable");
  if (frozen) await gateway.freeze(id, true);
  const kept = c.store.urgent(async (change) => {
    await requireNotLocked(change.db, caller, row.site);
    if (!(await setFrozen(change.db, caller.scope, id, frozen ? { by: caller.person.id, at: now, reason } : null)))
      throw hasEnded();
    await change.audit({
      at: now,
      action: frozen ? "session.freeze" : "session.thaw",
      outcome: "done",
      actor: personActor(caller.person),
      site: row.site,
      vendor: row.vendor,
      subjects: { session: id, grant: row.grant, device: row.device },
      facts: frozen && reason !== null ? { reason } : {},
    });
    change.touch("sessions");
  });
  await kept.catch(async (error: unknown) => {
    // What the gateway did ahead of it is undone; of a session that has ended it knows nothing any more.
    if (frozen && before === null) await gateway.freeze(id, false).catch(() => {});
    throw error;
  });
  if (!frozen) await gateway.freeze(id, false);
  return justWritten((await listSessions(c.store.db, caller.scope, id))[0]);
}

const hasEnded = () => new GenkanError("state-conflict", "The session has ended.");
