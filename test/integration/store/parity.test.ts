import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dialect, dialects, Stores } from "./stores.ts";
import { type Transcript, walk } from "./walk.ts";

let stores: Stores;
const told = {} as Record<Dialect, Transcript>;

beforeAll(async () => {
  stores = new Stores();
  for (const dialect of dialects) told[dialect] = await walk(await stores.make(dialect));
});
afterAll(() => stores.end());

/** What opens a store, or is no function over rows. */
const others = [
  "appendOnly",
  // Parts of the log's sequencing, of its index and of a migration; the calls that use them are told.
  "indexRows",
  "insertIndex",
  "ownerKey",
  "readTree",
  "writeTree",
  "makeLog",
  "makeAccess",
  "makeDevices",
  "makePeople",
  "makeSignIns",
  "exceptionsOf",
  "raiseEpochByTriggers",
  "table",
  "makeVendors",
  "readRequest",
  "inProcessBus",
  "redisBus",
  "openSqlite",
  "openPostgres",
  "isPostgres",
  "postgresDialect",
  "migratingDialect",
  "checkPostgres",
  "sqliteDialect",
  "parseHint",
  "parseRoles",
  "parseServerUrl",
  "peopleOf",
  "membersOf",
  "membershipView",
  "placesOf",
  "vendorOf",
  "vendorsOf",
  "makeStore",
  "takeTurn",
];

describe("two stores that lived the same life", () => {
  it("tell the same of it, call by call", () => {
    const [sqlite, postgres] = dialects.map((dialect) => named(told[dialect]));
    for (const [index, step] of (sqlite ?? []).entries()) expect(postgres?.[index]).toEqual(step);
    expect(postgres).toEqual(sqlite);
  });

  it("were asked every function that the store has", async () => {
    const folder = join(import.meta.dirname, "../../../store");
    const functions: string[] = [];
    for (const file of readdirSync(folder))
      for (const [name, value] of Object.entries((await import(join(folder, file))) as object))
        if (typeof value === "function" && !Function.prototype.toString.call(value).startsWith("class "))
          functions.push(name);
    const called = new Set(told.sqlite.map(({ call }) => call));
    expect([...called, ...others].sort()).toEqual([...new Set(functions)].sort());
  });

  it("have the same tables and columns", async () => {
    const [sqlite, postgres] = await Promise.all(
      dialects.map(async (dialect) => {
        const tables = await (await stores.make(dialect)).db.introspection.getTables();
        return tables.map(({ name, columns }) => `${name}: ${columns.map((column) => column.name).join(" ")}`).sort();
      }),
    );
    expect(postgres).toEqual(sqlite);
    expect(sqlite?.length).toBeGreaterThan(20);
  });
});

/** Random ids, and hashes over them, by the order in which they were first told. */
function named(transcript: Transcript): Transcript {
  const names = new Map<string, string>();
  const text = JSON.stringify(transcript).replace(/\b[a-z]{3}_[0-9a-hjkmnp-tv-z]{16}\b/g, (id) => {
    if (!names.has(id)) names.set(id, `${id.slice(0, 3)} ${names.size}`);
    return names.get(id) ?? id;
  });
  const hashes = new Map<string, string>();
  const alike = text.replace(/"[A-Za-z0-9_-]{43}"/g, (hash) => {
    if (!hashes.has(hash)) hashes.set(hash, `"hash ${hashes.size}"`);
    return hashes.get(hash) ?? hash;
  });
  return (JSON.parse(alike) as Transcript).map((step) => ({ ...step, answer: withoutBytes(step.answer) }));
}

/** The bytes of a request and of a grant hold random ids where they can't be seen. */
function withoutBytes(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(withoutBytes);
  if (typeof answer !== "object" || answer === null) return answer;
  const hidden = (name: string) => name === "bytes" || name === "statement";
  return Object.fromEntries(
    Object.entries(answer).map(([name, value]) => [name, hidden(name) ? null : withoutBytes(value)]),
  );
}
