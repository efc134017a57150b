import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { sql } from "kysely";
import { afterAll, describe, expect, test } from "vitest";
import { openBackup, restoreBackup, writeBackup } from "../../../authority/backup.ts";
import { openKeys } from "../../../authority/keys.ts";
import { AtRestKey } from "../../../crypto/at-rest.ts";
import { makeRecoveryKey } from "../../../crypto/recovery-key.ts";
import { Secret } from "../../../crypto/secret.ts";
import { everyRow } from "../../../store/backup.ts";
import { inProcessBus } from "../../../store/bus.ts";
import type { Db } from "../../../store/database.ts";
import { sequence } from "../../../store/log.ts";
import { writeSetting } from "../../../store/setting.ts";
import { makeStore } from "../../../store/store.ts";
import { dialects, Stores } from "./stores.ts";

const stores = new Stores();
afterAll(() => stores.end());

async function rowsOf(db: Db): Promise<string[]> {
  const rows: string[] = [];
  for await (const [table, row] of everyRow(db)) {
    if (table === "epoch" || row["key"] === "restored") continue;
    const { seq: _, ...kept } = row;
    rows.push(JSON.stringify([table, Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1))]));
  }
  return rows;
}

/** A store with a log of several checkpoints, and texts that a language would sort otherwise. */
async function written(db: Db) {
  const masterKey = AtRestKey.generate();
  const origin = "portal.example/genkan-log/test";
  await writeSetting(db, "log-origin", origin);
  const keys = await openKeys(db, AtRestKey.parse(masterKey), origin);
  const store = makeStore(db, inProcessBus());
  for (let i = 0; i < 450; i++) {
    await store.change(async (change) => {
      await writeSetting(change.db, `名 ${i % 2 ? "Ä" : "a"} ${i}`, `値 ${i} "\\ \u2028`);
      await change.audit({ at: new Date(), action: "audit.prove", outcome: "done", actor: null, subjects: {} });
    });
    if (i % 100 === 0) await sequence(db, keys.log, new Date());
  }
  return { keys, masterKey, store };
}

describe.each(dialects)("a backup of %s", (from) => {
  test.each(dialects)("restores into %s: the same rows, and a log with the same root", async (to) => {
    const db = await stores.open(await stores.place(from));
    const { keys, masterKey, store } = await written(db);
    const { recipient, identity } = await makeRecoveryKey();
    const before = await rowsOf(db);
    let sealed = Buffer.alloc(0);
    const o = { keys, masterKey: new Secret(masterKey), recipient, at: new Date(), progress: () => {} };
    const facts = await writeBackup(db, { ...o, write: async (stream) => void (sealed = await buffer(stream)) });
    const into = await stores.open(await stores.place(to));
    const backup = await openBackup(Readable.from([sealed], { objectMode: false }), identity);
    expect(await restoreBackup(into, backup, new Date())).toEqual(facts);
    expect(facts.size).toBeGreaterThan(400);
    expect(await rowsOf(into)).toEqual(before);
    // It goes on where it was.
    const next = makeStore(into, inProcessBus());
    const record = { at: new Date(), action: "audit.prove", outcome: "done", actor: null, subjects: {} } as const;
    await next.change((change) => change.audit(record));
    expect(await sequence(into, keys.log, new Date())).toBeGreaterThan(0);
    await store.bus.close();
  });
});

test("a backup of a server holds one moment, whatever is written while it is read", async () => {
  const place = await stores.place("postgres");
  const [db, other] = [await stores.open(place), await stores.open(place)];
  const { keys, masterKey } = await written(db);
  const { recipient, identity } = await makeRecoveryKey();
  let sealed = Buffer.alloc(0);
  let wrote: Promise<unknown> | undefined;
  const facts = await writeBackup(db, {
    keys,
    masterKey: new Secret(masterKey),
    recipient,
    at: new Date(),
    progress: () => {
      wrote ??= sql`insert into log_use (person, day, bytes) values ('late', '2026-01-01', 1)`.execute(other);
    },
    write: async (stream) => void (sealed = await buffer(stream)),
  });
  await wrote;
  const into = await stores.open(await stores.place("sqlite"));
  const backup = await openBackup(Readable.from([sealed], { objectMode: false }), identity);
  expect(await restoreBackup(into, backup, new Date())).toEqual(facts);
  expect(await into.selectFrom("log_use").selectAll().execute()).toEqual([]);
});
