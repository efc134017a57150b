import { sql } from "kysely";
import { expect, test } from "vitest";
import type { Db } from "../../../store/database.ts";
import { reindex } from "../../../store/log-index.ts";
import { type LogFilter, listLog } from "../../../store/log-list.ts";
import { Scope } from "../../../store/scope.ts";
import { anyRecord } from "../../stand-in/record.ts";
import { dropTriggers } from "../../stand-in/rewritten-log.ts";
import { World } from "../authority/world.ts";

const system = Scope.system();
const minute = (n: number) => new Date(Date.UTC(2026, 2, 1, 0, n));

/** Thirty records: of two sites, three subjects, two actors and two actions, a minute apart. */
async function filled(world: World): Promise<void> {
  const { siteA, siteB } = world.ids;
  await world.store.change(async (change) => {
    for (let n = 0; n < 30; n++)
      await change.audit(
        anyRecord({
          at: minute(n),
          action: n % 5 === 0 ? "five" : "other",
          outcome: n % 2 === 0 ? "done" : "refused",
          actor:
            n % 3 === 0
              ? { kind: "person", id: "per_three", name: "Three" }
              : { kind: "person", id: "per_else", name: "Else" },
          site: n % 2 === 0 ? (siteA ?? null) : (siteB ?? null),
          subjects: { grant: `gnt_${n % 4}`, session: `gnt_${n % 4}` },
          reasons: [`${n}`],
        }),
      );
  });
  await world.sequencer.settle();
}

async function numbers(db: Db, scope: Scope, filter: LogFilter, limit = 200): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let before: number | null = null; ; ) {
    const { records, next } = await listLog(db, scope, { before, limit, ...filter });
    found.push(
      ...records.flatMap(({ body }) => (body?.subjects["grant"]?.startsWith("gnt_") ? [Number(body.reasons[0])] : [])),
    );
    if (next === null) return found;
    before = next;
  }
}

const where = (holds: (n: number) => boolean) => Array.from({ length: 30 }, (_, at) => 29 - at).filter(holds);

test("the log is found by subject, actor, action, outcome and time, page by page, newest first", async () => {
  const world = await World.open();
  await filled(world);
  const { db } = world.store;
  const asked: [LogFilter, (n: number) => boolean][] = [
    [{}, () => true],
    [{ subject: "gnt_1" }, (n) => n % 4 === 1],
    [{ subject: "per_three" }, (n) => n % 3 === 0],
    [{ actor: "per_three" }, (n) => n % 3 === 0],
    [{ actor: "gnt_1" }, () => false],
    [{ action: "five" }, (n) => n % 5 === 0],
    [{ outcome: "refused" }, (n) => n % 2 === 1],
    [{ from: minute(3).toISOString(), to: minute(9).toISOString() }, (n) => n >= 3 && n <= 9],
    [{ subject: "gnt_1", actor: "per_three", action: "five" }, (n) => n % 4 === 1 && n % 3 === 0 && n % 5 === 0],
    [{ action: "five", to: minute(10).toISOString() }, (n) => n % 5 === 0 && n <= 10],
    [{ subject: "gnt_9" }, () => false],
  ];
  for (const [filter, holds] of asked)
    for (const limit of [1, 3, 200])
      expect([filter, await numbers(db, system, filter, limit)]).toEqual([filter, where(holds)]);
  const { scope } = await world.caller("auditor");
  for (const [filter, holds] of asked)
    expect([filter, await numbers(db, scope, filter, 4)]).toEqual([filter, where((n) => holds(n) && n % 2 === 0)]);
});

test("an index that was made anew is the one that was kept, whatever was erased meanwhile", async () => {
  const world = await World.open();
  await filled(world);
  const { db } = world.store;
  await sql`update log_record set body = null, salt = null where "index" in (4, 20)`.execute(db);
  const kept = async () => ({
    index: await db.selectFrom("log_index").selectAll().orderBy("index").execute(),
    subjects: await db.selectFrom("log_subject").selectAll().orderBy("index").orderBy("id").orderBy("kind").execute(),
  });
  const before = await kept();
  expect(before.subjects.length).toBeGreaterThan(80);
  // What was erased is found by nothing any more, but keeps its place.
  expect(before.subjects.filter(({ index }) => index === 4 || index === 20)).toEqual([]);
  expect(before.index[20]).toMatchObject({ owner: "", action: "", outcome: "" });
  expect(await reindex(db)).toBe(before.index.length);
  expect(await kept()).toEqual(before);
  await db.deleteFrom("log_subject").execute();
  await db.updateTable("log_index").set({ action: "spoiled" }).where("index", "<", 20).execute();
  await reindex(db);
  expect(await kept()).toEqual(before);
});

test("a record that is no record any more is shown as damaged, and told to no site whose it is not", async () => {
  const world = await World.open();
  await filled(world);
  const { db } = world.store;
  const { scope } = await world.caller("auditor");
  const [newest] = (await listLog(db, scope, { before: null, limit: 1 })).records;
  const index = newest?.index ?? 0;
  await dropTriggers(db, "log_record");
  await sql`update log_record set body = 'no JSON' where "index" = ${index}`.execute(db);
  expect((await listLog(db, scope, { before: null, limit: 1 })).records).toMatchObject([
    { index, state: "damaged", body: null },
  ]);
  const foreign = JSON.stringify({ ...newest?.body, site: world.ids.siteB });
  await sql`update log_record set body = ${foreign} where "index" = ${index}`.execute(db);
  expect((await listLog(db, scope, { before: null, limit: 1 })).records).toEqual([]);
});
