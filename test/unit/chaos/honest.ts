import type { EndReason } from "../../../protocol/end-reason.ts";
import type { Observation, Row } from "../../chaos/observation.ts";

/** An instant at which nothing has happened yet. */
export const dawn = Date.parse("2026-04-01T00:00:00Z");
export const after = (seconds: number) => dawn + seconds * 1_000;

const instant = (at: number) => new Date(at).toISOString();

export function rowOf(id: string, end: { reason: EndReason; at: number } | null): Row {
  const ended = { state: "ended", reason: end?.reason ?? null, endedAt: end?.at ?? null } as const;
  const begun = { id, grant: `grt_${id}`, person: "per_sato", startedAt: after(1), up: 50 };
  return end ? { ...begun, ...ended } : { ...begun, state: "live", reason: null, endedAt: null };
}

export function storyOf(session: string): Observation["stories"][number] {
  const told = { session, grant: `grt_${session}`, person: "per_sato", windowEnd: instant(after(3_600)) };
  return { ...told, askedAt: after(0), proven: true, opened: 1, sent: 50 };
}

export function recordOf(action: string, session: string, reasons: string[] = []): Observation["records"][number] {
  const of = { at: instant(after(1)), outcome: "done", actor: null, site: null, vendor: null, facts: {} } as const;
  return { ...of, action, subjects: { session }, reasons };
}

/** One session that lives, one that its technician ended, one that a dead agent left. Nothing is wrong with it. */
export function honest(): Observation {
  const trace = (session: string) => ({
    session,
    connections: 1,
    bytes: 50,
    firstAt: after(2),
    lastAt: after(3),
    garbled: null,
  });
  const begin = (session: string) => [
    { event: "admitted", session, at: after(1) },
    { event: "begun", session, at: after(1.5) },
  ];
  return {
    at: after(60),
    rows: [
      rowOf("ses_live", null),
      rowOf("ses_left", { reason: "ended-by-technician", at: after(10) }),
      rowOf("ses_lost", { reason: "agent-lost", at: after(20) }),
    ],
    carried: ["ses_live"],
    served: ["ses_live"],
    spooled: ["ses_live"],
    sockets: { agent: 1, device: 1 },
    tools: [{ session: "ses_live", connections: 1 }],
    heard: [{ session: "ses_live", answered: true }],
    recovered: true,
    journal: [
      ...begin("ses_left"),
      { event: "ended", session: "ses_left", at: after(10) },
      ...begin("ses_lost"),
      { event: "admitted", session: "ses_live", at: after(30) },
      { event: "begun", session: "ses_live", at: after(31) },
    ],
    torn: [],
    traces: [trace("ses_left"), trace("ses_lost"), trace("ses_live")],
    connections: { taken: 3, opened: 3 },
    stories: [storyOf("ses_left"), storyOf("ses_lost"), storyOf("ses_live")],
    kills: [{ part: "agent", at: after(15) }],
    intents: [{ reason: "ended-by-technician", of: "ses_left", at: after(9), toldAt: after(11) }],
    acknowledged: [
      { action: "session.admit", subject: "ses_left", sent: 1, told: 2 },
      { action: "session.admit", subject: "ses_lost", sent: 3, told: 4 },
      { action: "session.end", subject: "ses_left", sent: 5, told: 6 },
      { action: "session.admit", subject: "ses_live", sent: 7, told: 8 },
    ],
    attempts: [{ what: "used ticket", of: "ses_left", code: "link-closed" }],
    locked: [{ person: "per_suzuki", shown: true }],
    revoked: [{ grant: "grt_none", shown: true }],
    records: [
      recordOf("session.admit", "ses_left"),
      recordOf("session.admit", "ses_lost"),
      recordOf("session.end", "ses_left", ["ended-by-technician"]),
      recordOf("session.end", "ses_lost", ["agent-lost"]),
      recordOf("session.admit", "ses_live"),
    ],
    verdict: { ok: true, audience: null, records: 5, erased: 0, withheld: 0, checkpoints: 1, root: "", size: 5 },
    strange: [],
    integrity: "ok",
    deaths: [{ part: "agent", how: "SIGKILL", ours: true, lastLog: "" }],
    starts: [{ part: "agent", ms: 900 }],
  };
}
