import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, onTestFinished, test } from "vitest";
import { limits } from "../../../protocol/limits.ts";
import type { Topic } from "../../../protocol/topic.ts";
import { inProcessBus } from "../../../store/bus.ts";
import { type Db, openSqlite } from "../../../store/database.ts";
import { readSetting, writeSetting } from "../../../store/setting.ts";
import { makeStore, readEpoch, type Store } from "../../../store/store.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { raiseEpoch } from "./epoch.ts";

const record = anyRecord({ at: new Date(0), action: "test" });
const saying = (text: string) => anyRecord({ at: new Date(0), action: "test", reasons: [text] });

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "genkan-store-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, "genkan.db");
}

async function open(file = ":memory:"): Promise<Store> {
  const db = await openSqlite(file);
  onTestFinished(() => db.destroy());
  return makeStore(db, inProcessBus());
}

const waiting = async (db: Db) => (await db.selectFrom("outbox").select("body").execute()).length;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  );

describe("a change", () => {
  test("keeps its rows and its audit record, and says so afterwards", async () => {
    const store = await open();
    const told: Topic[][] = [];
    let commits = 0;
    store.bus.subscribe((topics) => void told.push([...topics]));
    store.onCommit(() => void commits++);
    const result = await store.change(async (change) => {
      await writeSetting(change.db, "a", "1");
      await change.audit(record);
      change.touch("requests", "requests");
      expect([commits, told.length]).toEqual([0, 0]);
      return 7;
    });
    expect([result, commits]).toEqual([7, 1]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([["audit", "requests"]]);
    expect([await readSetting(store.db, "a"), await waiting(store.db)]).toEqual(["1", 1]);
  });

  test.each<[string, (store: Store) => Promise<unknown>]>([
    [
      "before its audit record",
      (store) =>
        store.change(async ({ db }) => {
          await writeSetting(db, "a", "1");
          throw new Error("in between");
        }),
    ],
    [
      "after its audit record",
      (store) =>
        store.change(async (change) => {
          await change.audit(record);
          await raiseEpoch(change);
          await writeSetting(change.db, "a", "1");
          change.touch("requests");
          throw new Error("in between");
        }),
    ],
    [
      "in its audit record, which is too large",
      (store) =>
        store.change(async (change) => {
          await writeSetting(change.db, "a", "1");
          await change.audit(saying("x".repeat(limits.auditBodyBytes)));
        }),
    ],
    [
      "in a row that the database refuses",
      (store) =>
        store.change(async (change) => {
          await change.audit(record);
          await change.db
            .insertInto("workstation")
            .values({ id: "wks_w", person: "per_nobody", label: "x", created_at: "" })
            .execute();
        }),
    ],
  ])("that fails %s keeps neither, and tells nobody", async (_, act) => {
    const store = await open();
    const epoch = await readEpoch(store.db);
    let heard = 0;
    store.bus.subscribe(() => void heard++);
    store.onCommit(() => void heard++);
    expect(await codeOf(act(store))).not.toBe("done");
    await new Promise((resolve) => setImmediate(resolve));
    expect([await readSetting(store.db, "a"), await waiting(store.db), await readEpoch(store.db), heard]).toEqual([
      null,
      0,
      epoch,
      0,
    ]);
    // The next one is not in its shadow.
    expect(await codeOf(store.change((change) => change.audit(record)))).toBe("done");
  });

  test("raises the epoch by one, in its own transaction", async () => {
    const store = await open();
    const before = await readEpoch(store.db);
    await Promise.all(Array.from({ length: 20 }, () => store.change((change) => raiseEpoch(change))));
    expect(await readEpoch(store.db)).toBe(before + 20);
  });

  test("never mixes with another: of many that read and then write, each sees the one before", async () => {
    const store = await open();
    await writeSetting(store.db, "n", "0");
    await Promise.all(
      Array.from({ length: 50 }, () =>
        store.change(async ({ db }) => {
          const n = Number(await readSetting(db, "n"));
          await new Promise((resolve) => setImmediate(resolve));
          await writeSetting(db, "n", String(n + 1));
        }),
      ),
    );
    expect(await readSetting(store.db, "n")).toBe("50");
  });

  test("is overtaken by no other process: who wants to write meanwhile waits, and what was read still holds", async () => {
    const file = temporaryFile();
    const [ours, theirs] = [await open(file), await open(file)];
    await writeSetting(ours.db, "n", "1");
    // Theirs would wait for ours, and ours for theirs here.
    await sql.raw("pragma busy_timeout = 0").execute(theirs.db);
    let overtaken = "";
    await ours.change(async ({ db }) => {
      const n = Number(await readSetting(db, "n"));
      overtaken = await codeOf(writeSetting(theirs.db, "n", "10"));
      await writeSetting(db, "n", String(n + 1));
    });
    expect([overtaken, await readSetting(theirs.db, "n")]).toEqual(["store-unavailable", "2"]);
    await writeSetting(theirs.db, "n", "10");
    expect(await readSetting(ours.db, "n")).toBe("10");
  });
});

describe("what was acknowledged", () => {
  test("is there after the process ends without a word", async () => {
    const file = temporaryFile();
    const store = await open(file);
    expect(await sql<{ synchronous: number }>`pragma synchronous`.execute(store.db)).toMatchObject({
      rows: [{ synchronous: 2 }],
    });
    await store.change(async (change) => {
      await writeSetting(change.db, "a", "1");
      await change.audit(record);
    });
    // A second connection sees what a process that starts after a crash would.
    const again = await openSqlite(file);
    expect([await readSetting(again, "a"), await waiting(again)]).toEqual(["1", 1]);
    await again.destroy();
  });

  test("stays when the database is full: what comes then is refused whole, with one code", async () => {
    const store = await open(temporaryFile());
    const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(store.db);
    await sql.raw(`pragma max_page_count = ${(rows[0]?.page_count ?? 0) + 8}`).execute(store.db);
    let acknowledged = 0;
    let refused = "";
    while (refused === "") {
      const n = acknowledged;
      const code = await codeOf(
        store.change(async (change) => {
          await writeSetting(change.db, `key ${n}`, "x".repeat(1_000));
          await change.audit(saying(`${n} ${"y".repeat(1_000)}`));
        }),
      );
      if (code === "done") acknowledged += 1;
      else refused = code;
    }
    expect(refused).toBe("store-unavailable");
    expect(acknowledged).toBeGreaterThan(3);
    const keys = await store.db.selectFrom("setting").select("key").where("key", "like", "key %").execute();
    expect([keys.length, await waiting(store.db)]).toEqual([acknowledged, acknowledged]);
    // Room again: it goes on.
    await sql.raw("pragma max_page_count = 1000000").execute(store.db);
    expect(await codeOf(store.change((change) => change.audit(record)))).toBe("done");
  });

  test("a file that is no database, or lies in no folder, is unavailable", async () => {
    const file = temporaryFile();
    const { writeFileSync } = await import("node:fs");
    writeFileSync(file, "this is a text file, long enough to have a header of its own".repeat(30));
    expect(await codeOf(openSqlite(file))).toBe("store-unavailable");
    expect(await codeOf(openSqlite(join(file, "below")))).toBe("store-unavailable");
  });
});
