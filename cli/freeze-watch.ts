import { setTimeout as wait } from "node:timers/promises";
import { SessionView } from "../protocol/api/session.ts";
import { limits } from "../protocol/limits.ts";
import type { Id } from "../protocol/make-id.ts";
import type { Api } from "./api.ts";
import { timeInBoth } from "./format.ts";
import type { Terminal } from "./terminal.ts";
import type { Link } from "./tunnel.ts";

export interface WatchedSession {
  readonly terminal: Terminal;
  readonly api: Api;
  readonly link: Pick<Link, "silentMs">;
  readonly session: Id<"session">;
  /** Zone of this computer, and that of the device's site. */
  readonly zone: string | undefined;
  readonly siteZone: string;
  /** When nobody looks any more. */
  readonly over: AbortSignal;
}

/**
 * Says when the session is frozen: by whom, why and until when; and when it goes on. The gateway, which holds the bytes back,
 * can tell nobody, and the agent's word would be held back too. So the authority is asked, but only while the link is silent:
 * a technician at work costs it nothing, and does not stay signed in by this.
 */
export async function watchFreeze(watched: WatchedSession): Promise<void> {
  const { api, link, session, over } = watched;
  let frozenAt: string | null = null;
  while (!over.aborted) {
    await wait(limits.freezeAskedMs, undefined, { signal: over, ref: false }).catch(() => {});
    if (over.aborted || (frozenAt === null && link.silentMs < limits.freezeAskedMs)) continue;
    const view = await api.get(`/api/sessions/${session}`, SessionView).catch(() => null);
    if (over.aborted || view === null || view.state === "ended") continue;
    const now = view.frozen?.at ?? null;
    if (now !== frozenAt) say(watched, view.frozen);
    frozenAt = now;
  }
}

function say({ terminal, zone, siteZone }: WatchedSession, frozen: SessionView["frozen"]): void {
  if (frozen === null) return terminal.event({ event: "thawed" }, { text: terminal.text("goes-on"), tone: "good" });
  const { by, reason, until } = frozen;
  const values = { by: by.name, until: timeInBoth(until, siteZone, zone) };
  const line = terminal.text("held", values);
  const why = reason === null ? "" : ` ${terminal.text("held-why", { reason })}`;
  terminal.bell();
  terminal.event({ event: "frozen", by, reason, until }, { text: line + why, tone: "warn" });
}
