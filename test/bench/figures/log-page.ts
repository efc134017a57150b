import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { type LogKey } from "../../../crypto/log-key.ts";
import { newId, randomToken } from "../../../crypto/random.ts";
import { formatVerifierKey } from "../../../crypto/signed-note.ts";
import { limits } from "../../../protocol/limits.ts";
import { type Db, openSqlite } from "../../../store/database.ts";
import { sequence } from "../../../store/log.ts";
import { type LogFilter, listLog } from "../../../store/log-list.ts";
import { Scope } from "../../../store/scope.ts";
import { type Effort, type Figure, spread } from "../figure.ts";

const records = 1_000_000;
/** One in so many is the quiet hospital's. */
const quiet = 10_000;

/** A page of the log at a million records, for a hospital that has few of them; and how long it holds the thread. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  try {
    const db = await openSqlite(join(folder, "genkan.db"));
    effort.say(`a log of ${records} records`);
    await fill(db);
    const scope = Scope.ofPerson({
      id: newId("person"),
      memberships: [{ site: { id: "sit_quiet" }, vendor: null, roles: ["auditor"] }],
    });
    const asked: LogFilter[] = [
      {},
      { subject: "gnt_7" },
      { action: "nothing.like-it" },
      { outcome: "refused" },
      { actor: "per_3", action: "session.end" },
      { from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T00:10:00.000Z" },
    ];
    const pages: number[] = [];
    const held: number[] = [];
    for (let round = 0; round < effort.times(10); round++)
      for (const filter of asked) {
        const delay = monitorEventLoopDelay({ resolution: 1 });
        await new Promise((resolve) => setTimeout(resolve, 5));
        delay.enable();
        const began = performance.now();
        await listLog(db, scope, { before: null, limit: 50, ...filter });
        pages.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 5));
        delay.disable();
        held.push(delay.max / 1e6);
      }
    await db.destroy();
    return [
      {
        figure: "log_page_ms",
        unit: "ms",
        ours: spread(pages),
        beside: { what: "longest time that one of them held the thread, at most 50", value: spread(held) },
        note: `a page of 50 at ${records} records, one in ${quiet} the hospital's; by subject, action, outcome, actor and time`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(db: Db): Promise<void> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const verifierKey = formatVerifierKey("bench", createPublicKey(privateKey));
  const key: LogKey = { origin: "bench", privateKey, verifierKey };
  for (let from = 0; from < records; ) {
    const rows = Array.from({ length: limits.checkpointRecords }, (_, at) => row(from + at));
    await db.insertInto("outbox").values(rows).execute();
    from += await sequence(db, key, new Date());
  }
}

function row(n: number) {
  const body = JSON.stringify({
    at: new Date(Date.UTC(2026, 0, 1) + n * 1_000).toISOString(),
    action: n % 2 === 0 ? "session.begin" : "session.end",
    outcome: "done",
    actor: { kind: "person", id: `per_${n % 50}`, name: "x" },
    site: n % quiet === 0 ? "sit_quiet" : "sit_busy",
    vendor: null,
    subjects: { grant: `gnt_${n % 5_000}`, session: `ses_${n % 20_000}` },
    reasons: [],
    facts: {},
  });
  return { id: newId("audit"), salt: randomToken(32), body };
}
