import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Store } from "../../../store/store.ts";
import { dialects, Stores } from "./stores.ts";
import { walk } from "./walk.ts";

let stores: Stores;
const lived = {} as Record<(typeof dialects)[number], Store>;

beforeAll(async () => {
  stores = new Stores();
  for (const dialect of dialects) {
    lived[dialect] = await stores.make(dialect);
    await walk(lived[dialect]);
  }
});
afterAll(() => stores.end());

/** Statements that rewrite history, as somebody with a prompt at the database would type them. */
const rewriting = [
  `delete from log_record`,
  `delete from log_record where "index" = 0`,
  `update log_record set body = '{}' where "index" = 0`,
  `update log_record set salt = 'x'`,
  `update log_record set leaf = 'x'`,
  `update log_record set id = 'aud_x'`,
  `update log_record set "index" = "index" + 1000`,
  `delete from log_checkpoint`,
  `update log_checkpoint set note = 'x'`,
  `update log_checkpoint set size = 9`,
  `delete from membership`,
  `update membership set site = 'sit_a' where person = 'per_2'`,
  `update membership set person = 'per_2' where person = 'per_1'`,
  `update identity set person = 'per_2' where person = 'per_1'`,
  `update identity set subject = 'x'`,
  `delete from "grant"`,
  `update "grant" set bytes = 'x'`,
  `update "grant" set hash = 'x'`,
  `update "grant" set revoked_at = null`,
  `update "grant" set revoked_at = '2026-01-01T00:00:00.000Z'`,
  `delete from approval`,
  `update approval set signed = 'x'`,
  `update approval set person = 'per_3'`,
  `delete from session_entry`,
  `update session_entry set entry = '{}'`,
  `delete from session`,
  `update session set reason = 'ended-by-technician' where state = 'ended'`,
  `delete from approver_list where state = 'current'`,
  `update approver_list set hash = 'x'`,
];
/** Ways past a trigger that one dialect has. */
const roundabout = {
  sqlite: [
    `insert or replace into log_record ("index", id, salt, body, leaf) values (0, 'aud_x', null, null, 'x')`,
    `insert into log_record ("index", id, salt, body, leaf) values (0, 'aud_x', null, null, 'x')
      on conflict ("index") do update set leaf = 'x'`,
    `insert or replace into log_checkpoint (size, note, created_at) values (3, 'x', 'x')`,
  ],
  postgres: [
    `truncate log_record`,
    `truncate log_checkpoint`,
    `truncate "grant" cascade`,
    `truncate approval`,
    `truncate session_entry`,
    `insert into log_record ("index", id, salt, body, leaf) values (0, 'aud_x', null, null, 'x')
      on conflict ("index") do update set leaf = 'x'`,
  ],
};

const history = [
  "log_record",
  "log_checkpoint",
  "grant",
  "approval",
  "session",
  "session_entry",
  "approver_list",
] as const;
const all = async ({ db }: Store) =>
  JSON.stringify(await Promise.all(history.map((table) => db.selectFrom(table).selectAll().execute())));

describe.each(dialects)("on %s", (dialect) => {
  it.each([...rewriting, ...roundabout[dialect]])("history refuses: %s", async (statement) => {
    const store = lived[dialect];
    const before = await all(store);
    await expect(sql.raw(statement).execute(store.db)).rejects.toThrow("the log is append-only");
    expect(await all(store)).toBe(before);
  });

  it("the body of a record can be erased with its salt, once and for good, and nothing else of it", async () => {
    const { db } = lived[dialect];
    const [record] = await db.selectFrom("log_record").selectAll().where("index", "=", 1).execute();
    await sql.raw(`update log_record set body = null, salt = null where "index" = 1`).execute(db);
    const restore = sql`update log_record set body = ${record?.body}, salt = ${record?.salt} where "index" = 1`;
    await expect(restore.execute(db)).rejects.toThrow("the log is append-only");
    const [erased] = await db.selectFrom("log_record").selectAll().where("index", "=", 1).execute();
    expect(erased).toEqual({ ...record, body: null, salt: null });
  });
});
