import { generateKeyPairSync } from "node:crypto";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { Missing } from "../../../crypto/audit-export.ts";
import { verifyRecordProof } from "../../../crypto/audit-proof.ts";
import { verifyAuditExport } from "../../../crypto/audit-verify.ts";
import { type LogKey } from "../../../crypto/log-key.ts";
import { limits } from "../../../protocol/limits.ts";
import type { Id } from "../../../protocol/make-id.ts";
import type { Db } from "../../../store/database.ts";
import { latestCheckpoint, sequence } from "../../../store/log.ts";
import { exportLog, proveRecord } from "../../../store/log-export.ts";
import { listLog } from "../../../store/log-list.ts";
import { Scope } from "../../../store/scope.ts";
import { Sequencer } from "../../../store/sequencer.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { dropTriggers } from "../../stand-in/rewritten-log.ts";
import { outcome, World } from "../authority/world.ts";

const system = Scope.system();

async function say(world: World, n: number, of: { site?: Id<"site">; vendor?: Id<"vendor"> } = {}): Promise<void> {
  await world.store.change((change) =>
    change.audit(anyRecord({ at: new Date(world.clock), action: `test.${n}`, ...of, reasons: [`${n}`] })),
  );
}

async function exported(world: World, scope = system): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of exportLog(world.store.db, scope, world.context.keys.log)) lines.push(line.trimEnd());
  return lines;
}

async function* each(lines: readonly string[]): AsyncGenerator<Uint8Array> {
  yield Buffer.from(lines.map((line) => `${line}\n`).join(""));
}
const verify = (world: World, lines: readonly string[]) =>
  verifyAuditExport(each(lines), world.context.keys.log.verifierKey);

/** From now on no checkpoint can be written, as on a full disk, until the trigger is dropped. */
const fill = (db: Db) =>
  sql.raw("create trigger full before insert on log_checkpoint begin select raise(abort, 'full'); end").execute(db);

describe("the sequencer", () => {
  test("takes everything once, in order, and goes on with the same tree after a restart", async () => {
    const world = await World.open({ empty: true });
    const { db } = world.store;
    for (let n = 0; n < 5; n++) await say(world, n);
    await world.sequencer.settle();
    await world.sequencer.close();
    const before = await latestCheckpoint(db);
    expect(before?.size).toBe(5);
    for (let n = 5; n < 8; n++) await say(world, n);
    expect((await latestCheckpoint(db))?.size).toBe(5);

    const again = new Sequencer(world.store, world.context.keys.log, world.context.programLog);
    await again.settle();
    await again.close();
    expect(await db.selectFrom("outbox").selectAll().execute()).toEqual([]);
    const rows = await db.selectFrom("log_record").select(["index", "body"]).orderBy("index").execute();
    expect(rows.map(({ index, body }) => [index, (JSON.parse(body ?? "") as { action: string }).action])).toEqual(
      Array.from({ length: 8 }, (_, n) => [n, `test.${n}`]),
    );
    const verdict = await verify(world, await exported(world));
    expect(verdict).toMatchObject({ ok: true, records: 8, size: 8 });
    // The later tree is the earlier one, continued.
    const since = await verifyAuditExport(each(await exported(world)), world.context.keys.log.verifierKey, {
      since: before?.note ?? "",
    });
    expect(since).toMatchObject({ ok: true });
  });

  test("takes more than one checkpoint's worth", async () => {
    const world = await World.open({ empty: true });
    await world.store.change(async (change) => {
      for (let n = 0; n < limits.checkpointRecords + 3; n++)
        await change.audit(anyRecord({ at: new Date(0), action: "many", reasons: [`${n}`] }));
    });
    await world.sequencer.settle();
    expect(await verify(world, await exported(world))).toMatchObject({
      ok: true,
      records: limits.checkpointRecords + 3,
      checkpoints: 2,
    });
  });

  test("leaves what it can't write in the outbox, whole, and takes it later", async () => {
    const world = await World.open({ empty: true });
    const { db } = world.store;
    await world.sequencer.close();
    for (let n = 0; n < 3; n++) await say(world, n);
    // Its checkpoint can't be written, after its records could.
    await fill(db);
    await expect(sequence(db, world.context.keys.log, new Date())).rejects.toThrow("full");
    expect(await db.selectFrom("log_record").selectAll().execute()).toEqual([]);
    expect(await db.selectFrom("outbox").selectAll().execute()).toHaveLength(3);
    await sql.raw("drop trigger full").execute(db);
    expect(await sequence(db, world.context.keys.log, new Date())).toBe(3);
    expect(await verify(world, await exported(world))).toMatchObject({ ok: true, records: 3 });
  });

  test("settles only what stands in the log: not while it can't be written, and again when it can", async () => {
    const world = await World.open({ empty: true });
    const { db } = world.store;
    await fill(db);
    await say(world, 0);
    expect(await outcome(world.sequencer.settle())).toBe("store-unavailable");
    await sql.raw("drop trigger full").execute(db);
    await world.sequencer.settle();
    expect((await latestCheckpoint(db))?.size).toBe(1);
  });

  test("closes where the log can't be written: what it left stays in the outbox", async () => {
    const world = await World.open({ empty: true });
    const { db } = world.store;
    await fill(db);
    await say(world, 0);
    await world.sequencer.close();
    expect(await db.selectFrom("outbox").selectAll().execute()).toHaveLength(1);
  });
});

describe("an export of a log that was damaged", () => {
  async function damaged(lose: (db: Db) => Promise<unknown>) {
    const world = await World.open({ empty: true });
    const { db } = world.store;
    await world.sequencer.close();
    for (const to of [3, 6]) {
      for (let n = to - 3; n < to; n++) await say(world, n);
      await sequence(db, world.context.keys.log, new Date());
    }
    await dropTriggers(db, "log_record", "log_checkpoint");
    await lose(db);
    const lacks: Missing[] = [];
    const lines: string[] = [];
    for await (const line of exportLog(db, system, world.context.keys.log, (missing) => lacks.push(missing)))
      lines.push(line.trimEnd());
    return { lacks, lines, verdict: await verify(world, lines) };
  }

  test("goes on to its end without a record that is gone, and names it", async () => {
    const { lacks, lines, verdict } = await damaged((db) =>
      db.deleteFrom("log_record").where("index", "in", [1, 4, 5]).execute(),
    );
    expect(lacks).toEqual([
      { first: 1, last: 1 },
      { first: 4, last: 5 },
    ]);
    expect(lines[2]).toBe('{"missing":{"first":1,"last":1}}');
    expect(lines.join("\n")).toContain("test.3");
    expect(verdict).toMatchObject({ ok: false, fault: "log", problem: "record-missing", firstBad: 1 });
  });

  test("goes on without a checkpoint that is gone, and names the last one", async () => {
    const first = await damaged((db) => db.deleteFrom("log_checkpoint").where("size", "=", 3).execute());
    expect([first.lacks, first.verdict]).toMatchObject([[], { ok: true, records: 6 }]);
    const last = await damaged((db) => db.deleteFrom("log_checkpoint").where("size", "=", 6).execute());
    expect([last.lacks, last.verdict]).toMatchObject([
      [{ checkpoint: 6 }],
      { ok: false, problem: "checkpoint-missing", lastGood: 2, between: [3, 5] },
    ]);
  });

  test("goes on with a checkpoint that can't be read", async () => {
    const { lines, verdict } = await damaged((db) =>
      sql`update log_checkpoint set note = 'x' where size = 3`.execute(db),
    );
    expect([lines.length, verdict]).toMatchObject([9, { ok: false, problem: "checkpoint-malformed", lastGood: null }]);
  });

  test("has every record's line still where nothing but leaves or salts were spoiled", async () => {
    const { lines, verdict } = await damaged((db) =>
      sql`update log_record set leaf = 'x', salt = 'y' where "index" = 2`.execute(db),
    );
    expect([lines.length, verdict]).toMatchObject([9, { ok: false, fault: "log", firstBad: 2 }]);
  });
});

describe("the proof of a record", () => {
  test("holds for each record that a site may read, and for no other", async () => {
    const world = await World.open();
    const { siteA, siteB } = world.ids;
    const { db } = world.store;
    const before = (await latestCheckpoint(db))?.size ?? 0;
    await say(world, 1, { site: siteA });
    await say(world, 2, { site: siteB });
    await say(world, 3);
    await world.sequencer.settle();
    const { scope } = await world.caller("auditor");
    const { size } = (await latestCheckpoint(db)) ?? { size: 0 };
    const read = async (index: number) => {
      const text = await proveRecord(db, scope, index).catch((error: { code: string }) => error.code);
      const verdict = verifyRecordProof(Buffer.from(text), world.context.keys.log.verifierKey);
      return verdict.ok ? (JSON.parse(verdict.body ?? "") as { action: string }).action : text;
    };
    const found = await Promise.all(Array.from({ length: size - before }, (_, at) => read(before + at)));
    expect(found.filter((what) => what.startsWith("test."))).toEqual(["test.1", "test.3"]);
    expect(found).toContain("not-found");
    expect(await read(size)).toBe("not-found");
  });
});

describe("an export", () => {
  test("names the record that was edited in the store", async () => {
    const world = await World.open({ empty: true });
    const { db } = world.store;
    for (let n = 0; n < 6; n++) await say(world, n);
    await world.sequencer.settle();
    const lines = await exported(world);
    await sql.raw("drop trigger log_record_fixed").execute(db);
    await sql`update log_record set body = replace(body, 'test.2', 'test.9') where "index" = 2`.execute(db);
    expect(await verify(world, await exported(world))).toMatchObject({ ok: false, firstBad: 2 });
    await sql`update log_record set body = 'no json' where "index" = 2`.execute(db);
    const site = Scope.ofPerson({
      id: "per_p",
      memberships: [{ site: { id: "sit_0" }, vendor: null, roles: ["auditor"] }],
    });
    expect(await verify(world, await exported(world, site))).toMatchObject({ ok: false, firstBad: 2 });
    expect(await verify(world, lines)).toMatchObject({ ok: true });
  });

  test("is not of another log's key", async () => {
    const world = await World.open({ empty: true });
    await say(world, 1);
    await world.sequencer.settle();
    await world.sequencer.close();
    const key: LogKey = { ...world.context.keys.log, privateKey: generateKeyPairSync("ed25519").privateKey };
    await say(world, 2);
    await sequence(world.store.db, key, new Date());
    expect(await verify(world, await exported(world))).toMatchObject({ ok: false, problem: "checkpoint-signature" });
  });

  test("of an erased record verifies, and shows nothing of it", async () => {
    const world = await World.open({ empty: true });
    for (let n = 0; n < 3; n++) await say(world, n);
    await world.sequencer.settle();
    await sql`update log_record set body = null, salt = null where "index" = 1`.execute(world.store.db);
    const lines = await exported(world);
    expect(await verify(world, lines)).toMatchObject({ ok: true, records: 3, erased: 1 });
    expect(lines.join()).not.toContain("test.1");
    const { records: page } = await listLog(world.store.db, system, { before: null, limit: 10 });
    expect(page.map(({ body }) => body?.action ?? null)).toEqual(["test.2", null, "test.0"]);
  });

  test("for one site verifies, and shows nothing of another's, nor anything to a vendor", async () => {
    const world = await World.open();
    const { siteA, siteB, vendorA } = world.ids;
    await say(world, 1, { site: siteA });
    await say(world, 2, { site: siteB });
    await say(world, 3, {});
    // Of no site: it is told where its vendor maintains a device, and nowhere else.
    await say(world, 4, { vendor: vendorA });
    await world.sequencer.settle();
    const seen = async (scope: Scope) => {
      const lines = await exported(world, scope);
      const withheld = lines.filter((line) => line.startsWith('{"withheld":')).length;
      expect(await verify(world, lines)).toMatchObject({ ok: true, erased: 0, withheld });
      const page = JSON.stringify(await listLog(world.store.db, scope, { before: null, limit: 200 }));
      const of = (text: string) => [1, 2, 3, 4].filter((n) => text.includes(`test.${n}`));
      expect(of(page)).toEqual(of(lines.join()));
      return of(page);
    };
    expect(await seen((await world.caller("auditor")).scope)).toEqual([1, 3, 4]);
    expect(await seen((await world.caller("foreignOfficer")).scope)).toEqual([2, 3]);
    expect(await seen((await world.caller("technician")).scope)).toEqual([]);
    expect(await seen((await world.caller("chief")).scope)).toEqual([]);
  });

  test("is told to a site in full pages, whatever other sites' records lie between", async () => {
    const world = await World.open();
    const { siteA, siteB } = world.ids;
    for (let n = 0; n < 12; n++) await say(world, n, { site: n % 4 === 0 ? siteA : siteB });
    await world.sequencer.settle();
    const { scope } = await world.caller("auditor");
    const page = async (before: number | null) => (await listLog(world.store.db, scope, { before, limit: 2 })).records;
    const first = await page(null);
    expect(first.map(({ body }) => body?.action)).toEqual(["test.8", "test.4"]);
    expect((await page(first.at(-1)?.index ?? 0))[0]?.body?.action).toBe("test.0");
    expect(await page(0)).toEqual([]);
  });
});
