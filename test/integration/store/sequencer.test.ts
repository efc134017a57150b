import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import { type LogKey } from "../../../crypto/log-key.ts";
import type { AuditBody } from "../../../protocol/audit.ts";
import { limits } from "../../../protocol/limits.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { inProcessBus } from "../../../store/bus.ts";
import type { Db } from "../../../store/database.ts";
import { sequence } from "../../../store/log.ts";
import { exportLog } from "../../../store/log-export.ts";
import { Scope } from "../../../store/scope.ts";
import { Sequencer } from "../../../store/sequencer.ts";
import { makeStore, type Store } from "../../../store/store.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { dialects, newLogKey, Stores } from "./stores.ts";

let stores: Stores;
beforeAll(() => {
  stores = new Stores();
});
afterAll(() => stores.end());

const audit = (store: Store, action: string) =>
  store.change((change) => change.audit(anyRecord({ at: new Date(), action })));

/** The whole log, verified as a stranger would; throws where it does not hold. Its actions, in order. */
async function verified(db: Db, key: LogKey): Promise<string[]> {
  const verdict = await verifyAuditExport(lines(exportLog(db, Scope.system(), key)), key.verifierKey);
  const rows = await db.selectFrom("log_record").select(["index", "body"]).orderBy("index").execute();
  expect(verdict).toMatchObject({ ok: true, records: rows.length });
  expect(rows.map(({ index }) => index)).toEqual(rows.map((_, index) => index));
  return rows.map(({ body }) => (JSON.parse(body ?? "") as AuditBody).action);
}

async function* lines(exported: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  for await (const line of exported) yield Buffer.from(line);
}

describe.each(dialects)("the log on %s", (dialect) => {
  it("has every record once, in the order of each writer, whoever numbers it", async () => {
    const all = await stores.shared(dialect);
    const key = newLogKey();
    const sequencers = all.map((store) => new Sequencer(store, key, silentProgramLog));
    const writers = 6;
    const each = 25;
    await Promise.all(
      Array.from({ length: writers }, async (_, writer) => {
        for (let i = 0; i < each; i++) await audit(all[writer % all.length] as Store, `${writer} ${i}`);
      }),
    );
    for (const sequencer of sequencers) await sequencer.settle();
    for (const sequencer of sequencers) await sequencer.close();
    const { db } = all[0] as Store;
    const actions = await verified(db, key);
    expect(actions).toHaveLength(writers * each);
    for (let writer = 0; writer < writers; writer++)
      expect(actions.filter((action) => action.startsWith(`${writer} `))).toEqual(
        Array.from({ length: each }, (_, i) => `${writer} ${i}`),
      );
    expect(await db.selectFrom("outbox").selectAll().execute()).toEqual([]);
  });

  it("takes more than one checkpoint's worth, and goes on where an earlier sequencer stopped", async () => {
    const place = await stores.place(dialect);
    const key = newLogKey();
    const first = makeStore(await stores.open(place), inProcessBus());
    await first.change(async (change) => {
      for (let i = 0; i < limits.checkpointRecords + 10; i++)
        await change.audit(anyRecord({ at: new Date(), action: `${i}` }));
    });
    expect(await sequence(first.db, key, new Date())).toBe(limits.checkpointRecords);
    await first.close();
    const second = makeStore(await stores.open(place), inProcessBus());
    const sequencer = new Sequencer(second, key, silentProgramLog);
    await audit(second, "last");
    await sequencer.close();
    const actions = await verified(second.db, key);
    expect(actions).toHaveLength(limits.checkpointRecords + 11);
    expect(actions.at(-1)).toBe("last");
  });

  it("keeps every record of two processes that read and write at once", async () => {
    const place = await stores.place(dialect);
    const key = newLogKey();
    const pem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const { db } = makeStore(await stores.open(place), inProcessBus());
    const acknowledged: string[] = [];
    const writers = ["first", "second"].map((name) => start(place, name, pem, acknowledged, 200));
    await Promise.all(writers.map(({ ended }) => ended));
    expect(acknowledged).toHaveLength(400);
    const sequencer = new Sequencer(makeStore(db, inProcessBus()), key, silentProgramLog);
    await sequencer.close();
    expect((await verified(db, key)).sort()).toEqual(acknowledged.sort());
  });

  it("loses nothing that was acknowledged when its writers are killed at any moment, and still verifies", async () => {
    const place = await stores.place(dialect);
    const key = newLogKey();
    const pem = key.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const { db } = makeStore(await stores.open(place), inProcessBus());
    const acknowledged: string[] = [];
    for (let round = 0; round < 3; round++) {
      const writers = [0, 1].map((writer) => start(place, `${round}.${writer}`, pem, acknowledged));
      await Promise.all(writers.map(({ begun }) => begun));
      await sleep(60 + Math.random() * 250);
      // One by one, so that the second goes on beside what the first has left.
      for (const { child, ended } of writers) {
        child.kill("SIGKILL");
        await ended;
        await sleep(Math.random() * 60);
      }
    }
    const sequencer = new Sequencer(makeStore(db, inProcessBus()), key, silentProgramLog);
    await sequencer.close();
    const actions = await verified(db, key);
    expect(new Set(actions).size).toBe(actions.length);
    expect(acknowledged.filter((action) => !actions.includes(action))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(10);
  });
});

describe("on postgres", () => {
  it("a record that took its number early and was kept late is not lost", async () => {
    const [first, second] = (await stores.shared("postgres")) as [Store, Store];
    const key = newLogKey();
    const { promise, resolve } = Promise.withResolvers<void>();
    // Past the turn of writers, as a writer of another version might: the number is taken and nobody sees the row yet.
    const late = first.db.transaction().execute(async (tx) => {
      const salt = "A".repeat(43);
      const body = JSON.stringify({ action: "late" });
      await tx.insertInto("outbox").values({ id: "aud_late", salt, body }).execute();
      await promise;
    });
    while ((await seqs(second.db)) === 0) await sleep(5);
    await audit(second, "early");
    expect(await sequence(second.db, key, new Date())).toBe(1);
    resolve();
    await late;
    expect(await sequence(second.db, key, new Date())).toBe(1);
    expect(await verified(second.db, key)).toEqual(["early", "late"]);
  });
});

/** Last number that the outbox's counter gave out. */
async function seqs(db: Db): Promise<number> {
  const { rows } = await db.executeQuery<{ last: number | null }>({
    sql: `select pg_sequence_last_value(pg_get_serial_sequence('outbox', 'seq')) as last`,
    parameters: [],
    query: { kind: "RawNode" } as never,
    queryId: { queryId: "seqs" },
  });
  return rows[0]?.last ?? 0;
}

function start(place: string, name: string, pem: string, acknowledged: string[], count = 100_000) {
  const child: ChildProcess = spawn(
    process.execPath,
    [join(import.meta.dirname, "writer-child.ts"), place, name, pem, String(count)],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  const begun = Promise.withResolvers<void>();
  if (child.stdout)
    createInterface({ input: child.stdout }).on("line", (line) =>
      line === "begun" ? begun.resolve() : acknowledged.push(line),
    );
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return { child, begun: begun.promise, ended };
}
