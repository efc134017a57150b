import type { EndReason } from "../../protocol/end-reason.ts";
import { limits } from "../../protocol/limits.ts";
import { missingFrom } from "../world/log.ts";
import type { Part } from "./history.ts";
import type { Holdings, Observation, Row } from "./observation.ts";

/** What was wrong, one line each; empty when it holds. */
type Invariant = (seen: Observation) => string[];

/** Between an end and the moment at which this process notes the last byte before it; generous, for a busy machine. */
const noteMs = 2_000;
/** How long a dead part may still be why a session ends by its lease. */
const leaseReachMs = limits.leaseMs + 2 * limits.leaseRenewMs + 10_000;

/** A25: rows, the gateway's routes, the agent's recordings and the sockets at the device are the same sessions. */
export function holdersAgree(held: Holdings): string[] {
  const shown = held.rows.filter(({ state }) => state !== "ended").map(({ id }) => id);
  const live = held.rows.filter(({ state }) => state === "live").map(({ id }) => id);
  const expected = held.tools.reduce((sum, { connections }) => sum + connections, 0);
  return [
    ...differ("shown as not ended", shown, "carried by the gateway", held.carried),
    ...differ("shown as not ended", shown, "served by the agent", held.served),
    ...differ("served by the agent", held.served, "with a recording on its disk", held.spooled),
    ...differ(
      "shown as live",
      live,
      "with a tool that is connected",
      held.tools.map(({ session }) => session),
    ),
    ...(held.sockets.agent === expected ? [] : [`the agent has ${held.sockets.agent} sockets, tools ${expected}`]),
    ...(held.sockets.device === expected ? [] : [`the device has ${held.sockets.device} sockets, tools ${expected}`]),
  ];
}

function liveSessionsWork({ heard, recovered }: Observation): string[] {
  const silent = heard
    .filter(({ answered }) => !answered)
    .map(({ session }) => `${session} is live and does not answer`);
  return [...silent, ...(recovered ? [] : ["nobody can connect any more"])];
}

function acknowledgedIsLogged({ records, acknowledged }: Observation): string[] {
  const missing = missingFrom(records, acknowledged).map(
    ({ action, subject }) => `${action} ${subject} is not in the log`,
  );
  const places = new Map<string, number>();
  for (const [place, { action, subjects }] of records.entries())
    for (const id of Object.values(subjects)) {
      const name = `${action} ${id}`;
      if (!places.has(name)) places.set(name, place);
    }
  // Whatever had been told before this was sent stands before it. A session may have ended before somebody asked.
  const bySent = acknowledged.filter(({ action }) => action !== "session.end").sort((a, b) => a.sent - b.sent);
  const byTold = [...acknowledged].sort((a, b) => a.told - b.told);
  const disordered: string[] = [];
  let last = -1;
  let next = 0;
  for (const { action, subject, sent } of bySent) {
    for (let told = byTold[next]; told && told.told < sent; told = byTold[++next])
      last = Math.max(last, places.get(`${told.action} ${told.subject}`) ?? -1);
    const place = places.get(`${action} ${subject}`);
    if (place !== undefined && place < last) disordered.push(`${action} ${subject} stands before what came earlier`);
  }
  return [...missing, ...disordered];
}

function logVerifies({ verdict }: Observation): string[] {
  return verdict.ok ? [] : [`the log does not verify: ${verdict.problem} at line ${verdict.line}`];
}

function sessionsEndOnce({ rows, records, journal }: Observation): string[] {
  const ends = new Map<string, string[]>();
  for (const { action, subjects, reasons } of records) {
    const { session } = subjects;
    if (action === "session.end" && session !== undefined)
      ends.set(session, [...(ends.get(session) ?? []), reasons.join()]);
  }
  const inLog = rows.flatMap(({ id, state, reason }) => {
    const expected = state === "ended" ? String(reason) : "";
    const told = (ends.get(id) ?? []).join(" ");
    return told === expected ? [] : [`${id} is ${state} (${reason}), the log has ends [${told}]`];
  });
  const inJournal = repeated(journal.filter(({ event }) => event === "ended").map(({ session }) => session));
  return [...inLog, ...inJournal.map((id) => `${id} ended twice at the agent`)];
}

function endsHaveTheirReason(seen: Observation): string[] {
  const told = new Map(seen.stories.map((story) => [story.session, story]));
  return seen.rows.flatMap((row) => {
    if (row.state !== "ended" || row.reason === null || row.endedAt === null) return [];
    const allowed = reasonsOf(seen, row, row.endedAt, told.get(row.id));
    return allowed.has(row.reason)
      ? []
      : [`${row.id} ended as ${row.reason}, which may only be ${[...allowed].join()}${pastOf(seen, row, row.endedAt)}`];
  });
}

/** What happened in a session's last minute, in milliseconds before its end. */
function pastOf({ kills, intents }: Observation, row: Row, endedAt: number): string {
  const past = [
    { what: "begun", at: row.startedAt },
    ...kills.map(({ part, at }) => ({ what: `${part} killed`, at })),
    ...intents
      .filter(({ of }) => [row.id, row.grant, row.person].includes(of))
      .map(({ reason, at }) => ({ what: reason, at })),
  ];
  const late = past.filter(({ at }) => at <= endedAt && at > endedAt - 60_000).sort((a, b) => a.at - b.at);
  return late.map(({ what, at }) => `; ${what} ${endedAt - at} ms before`).join("");
}

function reasonsOf(
  { kills, intents }: Observation,
  row: Row,
  endedAt: number,
  story: Observation["stories"][number] | undefined,
): Set<EndReason> {
  const since = story?.askedAt ?? row.startedAt;
  const killed = (from: number, part?: Part) =>
    kills.some((kill) => kill.at >= from && kill.at <= endedAt && (part === undefined || kill.part === part));
  const allowed = new Set<EndReason>();
  const concerned = [row.id, row.grant, row.person];
  for (const { reason, of, at } of intents) if (at <= endedAt && concerned.includes(of)) allowed.add(reason);
  if (killed(since, "agent")) allowed.add("agent-lost");
  if (killed(since, "gateway")) allowed.add("gateway-lost");
  if (killed(endedAt - leaseReachMs)) allowed.add("lease-lost");
  if (story && endedAt >= Date.parse(story.windowEnd)) allowed.add("window-closed");
  if (!story?.proven && endedAt - since >= limits.unprovenMs) allowed.add("never-used");
  // Nobody was told of it: the admission broke off half-way, and whoever never heard of it says so.
  if (!story && killed(since - limits.controlReplyMs))
    for (const reason of ["refused-by-agent", "agent-lost", "gateway-lost", "window-closed"] as const)
      allowed.add(reason);
  return allowed;
}

function deviceGotOnlyWhatWasAdmitted(seen: Observation): string[] {
  const { traces, connections, stories, rows } = seen;
  const told = new Map(stories.map((story) => [story.session, story]));
  const up = new Map(rows.map((row) => [row.id, row.up]));
  const counted = countedByAgent(seen);
  const wrong = traces.flatMap((trace) => {
    const { session, garbled, bytes, firstAt } = trace;
    const story = told.get(session);
    if (!story) return [`the device got ${bytes} bytes in the name of ${session}, which nobody was admitted to`];
    const { opened, sent, askedAt } = story;
    const shown = up.get(session) ?? 0;
    return [
      ...(garbled === null ? [] : [`${session}: the device got ${garbled}`]),
      ...(trace.connections > opened ? [`${session}: ${trace.connections} connections, opened ${opened}`] : []),
      ...(bytes > sent ? [`${session}: ${bytes} bytes, sent ${sent}`] : []),
      ...(firstAt < askedAt ? [`${session}: bytes before it was asked for`] : []),
      ...(shown > sent ? [`${session}: ${shown} bytes are shown, sent ${sent}`] : []),
      ...(counted.has(session) && shown < bytes
        ? [`${session}: ${shown} bytes are shown, the device got ${bytes}`]
        : []),
    ];
  });
  const { taken, opened } = connections;
  return taken > opened ? [...wrong, `the device took ${taken} connections, tools opened ${opened}`] : wrong;
}

/** Ended sessions whose end stands in the agent's journal: from then on its next start, too, knows how much passed. */
function countedByAgent({ rows, journal }: Observation): Set<string | null> {
  const ended = new Set<string | null>(rows.filter(({ state }) => state === "ended").map(({ id }) => id));
  const told = journal.filter(({ event, session }) => event === "ended" && ended.has(session));
  return new Set(told.map(({ session }) => session));
}

function nothingAfterItsEnd({ traces, journal, kills, intents, stories }: Observation): string[] {
  const told = new Map(stories.map((story) => [story.session, story]));
  return traces.flatMap(({ session, lastAt }) => {
    const story = told.get(session);
    const late = (since: number, why: string) =>
      lastAt > since ? [`${session}: bytes ${lastAt - since} ms late, after ${why}`] : [];
    const ended = journal.filter((line) => line.event === "ended" && line.session === session);
    const begun = journal.find((line) => line.event === "begun" && line.session === session);
    const death = kills.find(({ part, at }) => part === "agent" && begun !== undefined && at >= begun.at);
    // Who could not be reached cuts by its own lease.
    const asked = intents.filter(
      ({ of, toldAt, reason }) =>
        toldAt !== null && reason !== "locked" && story !== undefined && (of === session || of === story.grant),
    );
    return [
      ...ended.flatMap(({ at }) => late(at + noteMs, "its end at the agent")),
      ...(death ? late(death.at + noteMs, "the agent's death") : []),
      ...asked.flatMap(({ toldAt, reason }) => late((toldAt ?? 0) + limits.leaseMs + noteMs, reason)),
    ];
  });
}

function nothingIsUsedTwice({ journal, attempts }: Observation): string[] {
  const twice = (event: string) =>
    repeated(journal.filter((line) => line.event === event).map(({ session }) => session)).map(
      (id) => `${id} was ${event} twice`,
    );
  const opened = attempts.filter(({ what, code }) => what === "used ticket" && code === null);
  return [...twice("admitted"), ...twice("begun"), ...opened.map(({ of }) => `${of}: a used ticket opened it again`)];
}

function refusalsStand({ attempts, locked, revoked }: Observation): string[] {
  const allowed = attempts.filter(({ what, code }) => what !== "used ticket" && code === null);
  return [
    ...allowed.map(({ what, of }) => `a ${what}, ${of}, was admitted`),
    ...locked.filter(({ shown }) => !shown).map(({ person }) => `${person} was locked and is not any more`),
    ...revoked.filter(({ shown }) => !shown).map(({ grant }) => `${grant} was revoked and is not any more`),
  ];
}

function filesAreWhole({ strange, torn, integrity, starts }: Observation): string[] {
  return [
    ...strange.map((name) => `${name} is left behind`),
    ...torn.map((text) => `a line of the journal is lost in another: ${text}`),
    ...(integrity === "ok" ? [] : [`SQLite says: ${integrity}`]),
    ...starts.filter(({ ms }) => ms === null).map(({ part }) => `${part} did not start`),
  ];
}

function nobodyDiedAlone({ deaths }: Observation): string[] {
  return deaths
    .filter(({ ours }) => !ours)
    .map(({ part, how, lastLog }) => `${part} ended by itself (${how}):\n${lastLog}`);
}

/** By the sentence that each defends. */
export const invariants = {
  "rows, routes, recordings and sockets are the same sessions": holdersAgree,
  "what is live works, and new sessions begin": liveSessionsWork,
  "every acknowledged record is in the log, in order": acknowledgedIsLogged,
  "the log verifies, and goes on from the checkpoint that was kept": logVerifies,
  "a session ends once, in rows, log and journal": sessionsEndOnce,
  "an end has a reason that its history allows": endsHaveTheirReason,
  "the device gets connections and bytes of admitted sessions only": deviceGotOnlyWhatWasAdmitted,
  "no byte reaches the device after an end": nothingAfterItsEnd,
  "no ticket is taken twice": nothingIsUsedTwice,
  "who is locked stays locked, what is revoked stays revoked": refusalsStand,
  "files are whole, and every program starts from them": filesAreWhole,
  "no program ends by itself": nobodyDiedAlone,
} as const satisfies Record<string, Invariant>;

export interface Breach {
  readonly invariant: keyof typeof invariants;
  readonly what: string;
}

export function breachesOf(seen: Observation): Breach[] {
  return (Object.keys(invariants) as (keyof typeof invariants)[]).flatMap((invariant) =>
    invariants[invariant](seen).map((what) => ({ invariant, what })),
  );
}

function differ(one: string, left: readonly string[], other: string, right: readonly string[]): string[] {
  return [
    ...left.filter((id) => !right.includes(id)).map((id) => `${id} is ${one}, not ${other}`),
    ...right.filter((id) => !left.includes(id)).map((id) => `${id} is ${other}, not ${one}`),
  ];
}

function repeated(ids: readonly (string | null)[]): string[] {
  const seen = new Set<string>();
  return ids.filter((id): id is string => id !== null && (seen.has(id) || !seen.add(id)));
}
