import type { SessionView } from "../protocol/api/session.ts";
import { GenkanError } from "../protocol/error.ts";
import { findSession, listSessions, setFrozen } from "../store/session.ts";
import type { Caller } from "./caller.ts";
import type { Context } from "./context.ts";

/**
 * Stops the bytes of a session without ending it, for a while; the gateway cuts it when that lasts too long. Bytes flow again
 * only when that is kept: no session runs that its row calls frozen.
 */
export async function freeze(c: Context, caller: Caller, id: string, frozen: boolean): Promise<SessionView> {
  const row = await findSession(c.store.db, caller.scope, id);
  if (!row) throw new GenkanError("not-found");
  if (row.state === "ended") throw new GenkanError("state-conflict", "The session has ended.");
  const gateway = c.gateways.find(row.gateway);
  if (!gateway) throw new GenkanError("gateway-unavailable");
  if (frozen) await gateway.freeze(id, true);
  await c.store.cut(async (change) => {
    await setFrozen(change.db, caller.scope, id, frozen);
    await change.audit({
      at: c.now(),
      action: frozen ? "session.freeze" : "session.thaw",
      outcome: "done",
      actor: caller.person,
      site: row.site,
      vendor: row.vendor,
      subjects: { session: id, grant: row.grant, device: row.device },
    });
    change.touch("sessions");
  });
  if (!frozen) await gateway.freeze(id, false);
  return (await listSessions(c.store.db, caller.scope, id))[0] ?? fail();
}

function fail(): never {
  throw new GenkanError("internal");
}
