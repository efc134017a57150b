import type { SessionView } from "../protocol/api/session.ts";
import { personActor, systemActor } from "../protocol/audit.ts";
import type { EndReason } from "../protocol/end-reason.ts";
import { GenkanError } from "../protocol/error.ts";
import type { Id } from "../protocol/make-id.ts";
import { Scope } from "../store/scope.ts";
import { countSession, endSession, findSession, listSessions } from "../store/session.ts";
import type { PersonCaller } from "./caller.ts";
import type { Context } from "./context.ts";
import { justWritten } from "./just-written.ts";
import { requireNotLocked } from "./not-locked.ts";
import type { Ending } from "./owed-ends.ts";

/**
 * The one way out of a session: the rows and their audit records, then a cut at gateway and agent. The cut is ordered even
 * when nothing could be written, for a full disk must not keep a line open; the end is owed then. Returns the sessions that
 * this call ended.
 */
export async function endSessions(c: Context, ids: readonly Id<"session">[], end: Ending): Promise<Id<"session">[]> {
  const system = Scope.system();
  const now = c.now();
  const agents = new Map<Id<"session">, Id<"agent">>();
  try {
    const written = await c.store.urgent(async (change) => {
      const ended: Id<"session">[] = [];
      for (const id of ids) {
        const row = await findSession(change.db, system, id);
        if (row) agents.set(id, row.agent);
        if (end.counts) await countSession(change.db, system, id, end.counts);
        if (!(await endSession(change.db, system, id, { reason: end.reason, by: end.by?.id ?? null, at: now })))
          continue;
        ended.push(id);
        await change.audit({
          at: now,
          action: "session.end",
          outcome: "done",
          actor: end.by === null ? systemActor : personActor(end.by),
          site: row?.site ?? null,
          vendor: row?.vendor ?? null,
          subjects: { session: id, ...(row ? { grant: row.grant, device: row.device, person: row.person } : {}) },
          reasons: [end.reason],
          facts: { ...end.facts, ...(end.counts ? { counts: end.counts } : {}) },
        });
      }
      if (ended.length > 0) change.touch("sessions", "grants");
      return ended;
    });
    for (const id of ids) c.owedEnds.delete(id);
    return written;
  } catch (error) {
    // The first reason stays.
    for (const id of ids) if (!c.owedEnds.has(id)) c.owedEnds.set(id, end);
    throw error;
  } finally {
    for (const id of ids) order(c, id, end.reason, agents.get(id));
  }
}

/** Tells both legs at once. Who can't be reached cuts by its own lease. */
function order(c: Context, session: Id<"session">, reason: EndReason, agent: Id<"agent"> | undefined): void {
  c.gateways.cut(session, reason);
  c.agents.cut(session, reason, agent);
}

/** Ends one session: its technician closes it, or staff cut it. A colleague of the vendor sees it, and no more. */
export async function endOne(
  c: Context,
  caller: PersonCaller,
  id: Id<"session">,
  reason: string | null,
): Promise<SessionView> {
  const row = await findSession(c.store.db, caller.scope, id);
  const own = row?.person === caller.person.id;
  if (!row || (!own && caller.face !== "staff")) throw new GenkanError("not-found");
  if (!own) await requireNotLocked(c.store.db, caller, row.site);
  await endSessions(c, [id], {
    reason: own ? "ended-by-technician" : "ended-by-staff",
    by: caller.person,
    facts: reason === null ? {} : { reason },
  });
  return justWritten((await listSessions(c.store.db, caller.scope, id))[0]);
}
