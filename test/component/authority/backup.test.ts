import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { openBackup, restoreBackup, standing, writeBackup } from "../../../authority/backup.ts";
import { openKeys } from "../../../authority/keys.ts";
import { afterRestore } from "../../../authority/restored.ts";
import { AtRestKey } from "../../../crypto/at-rest.ts";
import { makeRecoveryKey, parseRecoveryKey } from "../../../crypto/recovery-key.ts";
import { revealSecret, Secret } from "../../../crypto/secret.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { type Db, openSqlite } from "../../../store/database.ts";
import { readTree } from "../../../store/log-tree.ts";
import { Scope } from "../../../store/scope.ts";
import { liveSessions } from "../../../store/session.ts";
import { writeSetting } from "../../../store/setting.ts";
import { makeStore, readEpoch } from "../../../store/store.ts";
import { ready } from "./ready.ts";

async function emptyStore(): Promise<Db> {
  const db = await openSqlite(":memory:");
  onTestFinished(() => db.destroy());
  return db;
}

async function everything(db: Db): Promise<Record<string, unknown[]>> {
  const { rows: tables } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  const all: Record<string, unknown[]> = {};
  for (const { name } of tables.filter(({ name }) => !/^(sqlite|kysely)_|^epoch$/.test(name))) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    all[name] = rows
      .map(({ seq: _seq, ...row }) => JSON.stringify(row))
      .filter((row) => !row.startsWith('{"key":"restored"'))
      .sort();
  }
  return all;
}

/** A world with a live session whose keys and log are those that its store keeps, and a backup of it. */
async function backedUp() {
  const live = await ready();
  const { db } = live.world.store;
  const { masterKey, sequencer } = live.world;
  const { keys } = live.world.context;
  await writeSetting(db, "log-origin", keys.log.origin);
  const { session } = await live.open();
  await sequencer.settle();
  const { recipient, identity } = await makeRecoveryKey();
  const pieces: Buffer[] = [];
  const counted: number[] = [];
  const facts = await writeBackup(db, {
    keys,
    masterKey: new Secret(masterKey),
    recipient,
    at: new Date(live.world.clock),
    write: async (sealed) => void pieces.push(await buffer(sealed)),
    progress: (rows) => counted.push(rows),
  });
  const bytes = Buffer.concat(pieces);
  const open = (of: Buffer = bytes, key = identity) => openBackup(Readable.from([of], { objectMode: false }), key);
  return { ...live, db, session, sequencer, keys, masterKey, facts, bytes, open, counted };
}

describe("a backup", () => {
  test("restores every row of every table, the log to an equal root, and the master key", async () => {
    const { db, open, facts, masterKey, counted } = await backedUp();
    expect(facts.size).toBeGreaterThan(10);
    expect(counted.length).toBeGreaterThan(100);
    const backup = await open();
    expect(backup.masterKey).toBe(masterKey);
    const into = await emptyStore();
    expect(await restoreBackup(into, backup, new Date())).toEqual(facts);
    expect(await everything(into)).toEqual(await everything(db));
    const tree = await readTree(into);
    expect([tree.size, Buffer.from(tree.root()).toString("base64")]).toEqual([facts.size, facts.root]);
    // Each decision is made again.
    expect(await readEpoch(into)).toBeGreaterThan(await readEpoch(db));
  });

  test("tells nothing without its key, and holds no word of what it keeps in the clear", async () => {
    const { bytes, open, session, masterKey } = await backedUp();
    const other = await makeRecoveryKey();
    await expect(open(bytes, other.identity)).rejects.toMatchObject({
      code: "backup-refused",
      detail: expect.stringContaining("another recovery key"),
    });
    for (const secret of [session, masterKey, "Hospital A"]) expect(bytes.includes(secret)).toBe(false);
  });

  test("is refused when one bit of it was changed, wherever that is, and nothing is kept of it", async () => {
    const { bytes, open } = await backedUp();
    const places = Array.from({ length: 12 }, (_, i) => Math.floor((bytes.length * i) / 12) + 40);
    for (const at of [...places, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const into = await emptyStore();
      const restored = open(changed).then((backup) => restoreBackup(into, backup, new Date()));
      await expect(restored, `bit at ${at}`).rejects.toMatchObject({ code: "backup-refused" });
      expect(await into.selectFrom("setting").selectAll().execute()).toEqual([]);
    }
  });

  test("is refused when it is cut, wherever that is", async () => {
    const { bytes, open } = await backedUp();
    for (const end of [0, 1, 100, 300, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const restored = open(bytes.subarray(0, end)).then(async (backup) =>
        restoreBackup(await emptyStore(), backup, new Date()),
      );
      await expect(restored, `cut at ${end}`).rejects.toMatchObject({ code: "backup-refused" });
    }
  });

  test("whose log was rewritten before it was made does not come to its root", async () => {
    const { db, open, bytes, keys, masterKey, world } = await backedUp();
    expect(bytes.length).toBeGreaterThan(1_000);
    await sql`drop trigger log_record_fixed`.execute(db);
    await sql`update log_record set body = body || ' ' where "index" = 3`.execute(db);
    const { recipient, identity } = await makeRecoveryKey();
    const pieces: Buffer[] = [];
    await writeBackup(db, {
      keys,
      masterKey: new Secret(masterKey),
      recipient,
      at: new Date(world.clock),
      write: async (sealed) => void pieces.push(await buffer(sealed)),
      progress: () => {},
    });
    const restored = restoreBackup(await emptyStore(), await open(Buffer.concat(pieces), identity), new Date());
    await expect(restored).rejects.toMatchObject({ code: "backup-refused", detail: expect.stringContaining("root") });
  });

  test("is refused onto a store that has anything, and knows one that holds more, and another one", async () => {
    const { db, world, sequencer, open, facts } = await backedUp();
    await expect(restoreBackup(db, await open(), new Date())).rejects.toMatchObject({ code: "state-conflict" });
    expect(await standing(db, facts)).toBe("older");
    expect(await standing(db, { ...facts, root: "x" })).toBe("other");
    expect(await standing(db, { ...facts, origin: "other.example/log" })).toBe("other");
    expect(await standing(await emptyStore(), facts)).toBe("empty");
    await world.caller("officer");
    await world.store.change((change) =>
      change.audit({ at: new Date(), action: "audit.prove", outcome: "done", actor: null, subjects: {} }),
    );
    await sequencer.settle();
    expect(await standing(db, facts)).toBe("newer");
  });

  test("ends what was live in it at the first start, signs everybody out, and stands in the log once", async () => {
    const { open, facts, world, session, masterKey } = await backedUp();
    const into = await emptyStore();
    await restoreBackup(into, await open(), new Date(world.clock));
    const store = makeStore(into, inProcessBus());
    const keys = await openKeys(into, AtRestKey.parse(masterKey), facts.origin);
    expect((await liveSessions(into, Scope.system())).map(({ id }) => id)).toEqual([session]);
    const context = { ...world.context, store, keys };
    await afterRestore(context);
    await afterRestore(context);
    expect(await liveSessions(into, Scope.system())).toEqual([]);
    expect(await into.selectFrom("sign_in").select("id").where("ended_at", "is", null).execute()).toEqual([]);
    const bodies = (await into.selectFrom("outbox").select("body").orderBy("seq").execute()).map(({ body }) =>
      JSON.parse(body),
    );
    expect(bodies.map(({ action }) => action)).toEqual(["session.end", "store.restored"]);
    expect(bodies.at(-1).facts).toMatchObject({ backup: facts.at, size: facts.size, root: facts.root, ended: 1 });
  });
});

test("a recovery key is read from a file as age writes it, and from nothing else", async () => {
  const { identity } = await makeRecoveryKey();
  const secret = revealSecret(identity);
  expect(revealSecret(parseRecoveryKey(`# created: today\n# public key: age1x\n${secret}\n`))).toBe(secret);
  for (const text of ["", "# nothing\n", `${secret}\n${secret}\n`, secret.slice(0, -1), secret.toLowerCase()])
    expect(() => parseRecoveryKey(text)).toThrow("recovery key");
});
