import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import { type LogKey } from "../../../crypto/log-key.ts";
import { formatVerifierKey } from "../../../crypto/signed-note.ts";
import { limits } from "../../../protocol/limits.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { openSqlite } from "../../../store/database.ts";
import { sequence } from "../../../store/log.ts";
import { exportLog } from "../../../store/log-export.ts";
import { Scope } from "../../../store/scope.ts";
import { makeStore } from "../../../store/store.ts";
import { anyRecord } from "../../stand-in/record.ts";
import type { Effort, Figure } from "../figure.ts";

/** Audit records that are durable before they are acknowledged, beside bare transactions; and how fast an export verifies. */
export async function measure(effort: Effort): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "genkan-bench-"));
  try {
    const db = await openSqlite(join(folder, "genkan.db"));
    const store = makeStore(db, inProcessBus());
    const bare = new Database(join(folder, "bare.db"));
    bare.pragma("journal_mode = WAL");
    bare.pragma("synchronous = FULL");
    bare.exec("create table t (seq integer primary key autoincrement, body text not null)");
    const insert = bare.prepare("insert into t (body) values (?)");
    const body = JSON.stringify({ at: new Date().toISOString(), facts: { note: "x".repeat(300) } });

    const seconds = { ours: 0, bare: 0 };
    const batch = 200;
    const batches = effort.times(20);
    effort.say("audit records");
    for (let i = 0; i < batches; i++) {
      let began = performance.now();
      for (let k = 0; k < batch; k++)
        await store.change((change) =>
          change.audit(anyRecord({ at: new Date(), action: "bench", reasons: ["x".repeat(300)] })),
        );
      seconds.ours += (performance.now() - began) / 1_000;
      began = performance.now();
      for (let k = 0; k < batch; k++) bare.transaction(() => insert.run(body))();
      seconds.bare += (performance.now() - began) / 1_000;
    }

    const { privateKey } = generateKeyPairSync("ed25519");
    const key: LogKey = {
      origin: "bench",
      privateKey,
      verifierKey: formatVerifierKey("bench", createPublicKey(privateKey)),
    };
    let taken = 0;
    do taken = await sequence(db, key, new Date());
    while (taken === limits.checkpointRecords);
    const lines: string[] = [];
    for await (const line of exportLog(db, Scope.system(), key)) lines.push(line.trimEnd());
    effort.say("verification");
    const speed = { ours: 0, hash: 0 };
    const rounds = effort.times(10);
    for (let i = 0; i < rounds; i++) {
      let began = performance.now();
      const verdict = await verifyAuditExport(each(lines), key.verifierKey);
      if (!verdict.ok) throw new Error(`The export does not verify: ${verdict.problem}`);
      speed.ours += performance.now() - began;
      began = performance.now();
      for (const line of lines) createHash("sha256").update(line).digest();
      speed.hash += performance.now() - began;
    }
    bare.close();
    await db.destroy();
    const total = batch * batches;
    const perSecond = (ms: number) => Math.round((rounds * lines.length) / (ms / 1_000));
    return [
      {
        figure: "audit_append_per_s",
        unit: "records/s",
        ours: Math.round(total / seconds.ours),
        beside: {
          what: "bare SQLite transactions of the same size, WAL, synchronous FULL",
          value: Math.round(total / seconds.bare),
        },
        note: "one after another, each durable before the next",
      },
      {
        figure: "verify_records_per_s",
        unit: "records/s",
        ours: perSecond(speed.ours),
        beside: { what: "SHA-256 of each line of the export", value: perSecond(speed.hash) },
        note: `${total} records with their checkpoints: parse, commitment, leaf, root, signature`,
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* each(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const line of lines) yield Buffer.from(`${line}\n`);
}
