import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sql } from "kysely";
import type { AuditVerdict } from "../../crypto/audit-verify.ts";
import type { AuditBody } from "../../protocol/audit.ts";
import type { EndReason } from "../../protocol/end-reason.ts";
import { lastCheckpoint, readLog } from "../world/log.ts";
import type { Person } from "../world/person.ts";
import { connectionsOf } from "../world/proc.ts";
import type { QuickWorld } from "../world/world.ts";
import type { CountingDevice, Trace } from "./counting-device.ts";
import type { Acknowledgement, Attempt, History, Intent, Kill, Story } from "./history.ts";
import type { Death, Killer, Start } from "./killer.ts";

/** A session as the authority's store has it. */
export interface Row {
  readonly id: string;
  readonly grant: string;
  readonly person: string;
  readonly state: "admitted" | "live" | "ended";
  readonly reason: EndReason | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
  readonly up: number;
}

/** Who has which session, at one moment in which nothing else happens. */
export interface Holdings {
  readonly rows: readonly Row[];
  /** At the gateway, by its own log. */
  readonly carried: readonly string[];
  /** At the agent: recordings that it holds open, and those on its disk. */
  readonly served: readonly string[];
  readonly spooled: readonly string[];
  /** Established at the agent, and held by the device. */
  readonly sockets: { readonly agent: number; readonly device: number };
  /** Tools that think themselves connected, and how many connections they have. */
  readonly tools: readonly { readonly session: string; readonly connections: number }[];
}

export interface JournalLine {
  readonly event: string;
  readonly session: string | null;
  readonly at: number;
}

/** All that is known at the end of a round. */
export interface Observation extends Holdings {
  readonly at: number;
  /** Sessions whose tool said something, and whether it came back. */
  readonly heard: readonly { readonly session: string; readonly answered: boolean }[];
  /** Whether a technician could connect once more. */
  readonly recovered: boolean;
  readonly journal: readonly JournalLine[];
  /** Lines of it in which another was lost. One that a kill tore was never acknowledged, and may stand there by itself. */
  readonly torn: readonly string[];
  readonly traces: readonly Trace[];
  /** Connections that the device ever took, and that tools ever opened. */
  readonly connections: { readonly taken: number; readonly opened: number };
  readonly stories: readonly Story[];
  readonly kills: readonly Kill[];
  readonly intents: readonly Intent[];
  readonly acknowledged: readonly Acknowledgement[];
  readonly attempts: readonly Attempt[];
  /** People who must be locked, and whether they are shown so; grants that must be revoked, and whether they are. */
  readonly locked: readonly { readonly person: string; readonly shown: boolean }[];
  readonly revoked: readonly { readonly grant: string; readonly shown: boolean }[];
  readonly records: readonly AuditBody[];
  readonly verdict: AuditVerdict;
  /** Files in the programs' folders that none of them knows. */
  readonly strange: readonly string[];
  /** What SQLite says of its file. */
  readonly integrity: string;
  readonly deaths: readonly Death[];
  readonly starts: readonly Start[];
}

export interface Scene {
  readonly world: QuickWorld;
  readonly device: CountingDevice;
  readonly history: History;
  readonly killer: Killer;
  readonly officer: Person;
}

export async function holdings({ world, device }: Scene, tools: Holdings["tools"]): Promise<Holdings> {
  const { pid } = world.parts.agent;
  const toDevice = pid === undefined ? [] : connectionsOf(pid);
  return {
    rows: await rowsOf(world),
    carried: carriedBy(readFileSync(world.parts.gateway.logFile, "utf8")),
    served: world.recordings(),
    spooled: spooledBy(world),
    sockets: {
      agent: toDevice.filter(({ remotePort }) => remotePort === device.device.port).length,
      device: device.device.connections,
    },
    tools,
  };
}

/** The rest, which takes longer. `kept` is the last checkpoint of the round before. */
export async function observe(
  scene: Scene,
  held: Holdings,
  of: Pick<Observation, "heard" | "recovered" | "locked"> & {
    readonly kept: string | undefined;
    readonly revoked: readonly string[];
  },
): Promise<{ observation: Observation; checkpoint: string }> {
  const { world, device, history, killer, officer } = scene;
  const { lines, torn } = journalOf(world);
  const integrity = await world.rows((db) => sql<{ integrity_check: string }>`pragma integrity_check`.execute(db));
  const revokedRows = await world.rows((db) =>
    db.selectFrom("grant").select("id").where("revoked_at", "is not", null).execute(),
  );
  const log = await readLog(officer, world.register.fingerprints.logKey, of.kept);
  const stories = [...history.stories.values()];
  const observation: Observation = {
    ...held,
    at: Date.now(),
    heard: of.heard,
    recovered: of.recovered,
    journal: lines,
    torn,
    traces: [...device.traces.values()],
    connections: { taken: device.device.taken, opened: stories.reduce((sum, { opened }) => sum + opened, 0) },
    stories,
    kills: history.kills,
    intents: history.intents,
    acknowledged: history.acknowledged,
    attempts: history.attempts,
    locked: of.locked,
    revoked: of.revoked.map((grant) => ({ grant, shown: revokedRows.some(({ id }) => id === grant) })),
    records: log.records,
    verdict: log.verdict,
    strange: strangeFiles(world),
    integrity: integrity.rows.map((row) => row.integrity_check).join(),
    deaths: killer.deaths,
    starts: killer.starts,
  };
  return { observation, checkpoint: lastCheckpoint(log.text) };
}

async function rowsOf(world: QuickWorld): Promise<Row[]> {
  const rows = await world.rows((db) =>
    db
      .selectFrom("session")
      .select(["id", "grant", "person", "state", "reason", "started_at", "ended_at", "bytes_up"])
      .execute(),
  );
  return rows.map(({ id, grant, person, state, reason, started_at, ended_at, bytes_up }) => ({
    id,
    grant,
    person,
    state,
    reason,
    startedAt: Date.parse(started_at),
    endedAt: ended_at === null ? null : Date.parse(ended_at),
    up: Number(bytes_up),
  }));
}

/** Sessions that have begun and not ended since the program's last death. */
export function carriedBy(log: string): string[] {
  const carried = new Set<string>();
  for (const line of log.split("\n")) {
    if (line.startsWith("-- gateway ended")) carried.clear();
    const session = /"session":"(ses_\w+)"/.exec(line)?.[1];
    if (session === undefined) continue;
    if (line.includes('"msg":"session begun"')) carried.add(session);
    if (line.includes('"msg":"session ended"')) carried.delete(session);
  }
  return [...carried];
}

function spooledBy(world: QuickWorld): string[] {
  const folder = join(world.parts.folders.agent, "recordings");
  return existsSync(folder) ? readdirSync(folder).map((name) => name.replace(/\.jsonl$/, "")) : [];
}

function journalOf(world: QuickWorld): { lines: JournalLine[]; torn: string[] } {
  const lines: JournalLine[] = [];
  const torn: string[] = [];
  for (const text of readFileSync(join(world.parts.folders.agent, "journal.jsonl"), "utf8").split("\n")) {
    if (text === "") continue;
    try {
      const { event, session, at } = JSON.parse(text) as { event: string; session?: string | null; at: string };
      lines.push({ event, session: session ?? null, at: Date.parse(at) });
    } catch {
      if (text.lastIndexOf('{"at":') > 0) torn.push(text.slice(0, 200));
    }
  }
  return { lines, torn };
}

/** Names that each program's folder may have. A draft stands there until the next one replaces it. */
const known: Readonly<Record<"gateway" | "authority" | "agent", RegExp>> = {
  gateway: /^gateway\.key$/,
  authority: /^genkan\.db(-wal|-shm)?$/,
  agent: /^(agent|trust)\.json(\.new)?$|^agent\.lock$|^journal\.jsonl$|^recordings$/,
};

function strangeFiles(world: QuickWorld): string[] {
  return (["gateway", "authority", "agent"] as const).flatMap((part) =>
    readdirSync(world.parts.folders[part])
      .filter((name) => !known[part].test(name))
      .map((name) => `${part}/${name}`),
  );
}
