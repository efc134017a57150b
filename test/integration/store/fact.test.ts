import { afterAll, beforeAll, expect, it } from "vitest";
import { changed, columns } from "../../component/store/fact-change.ts";
import { dialects, Stores } from "./stores.ts";
import { walk } from "./walk.ts";

let stores: Stores;
beforeAll(() => {
  stores = new Stores();
});
afterAll(() => stores.end());

it.each(dialects)("%s raises the epoch for each column that decisions stand on, and for no other", async (dialect) => {
  const store = await stores.make(dialect);
  await walk(store);
  const raised = new Map<string, boolean>();
  for (const column of columns) {
    const after = await changed(store, column, async () => null);
    if (after !== null) raised.set(`${column.table}.${column.column}`, after.raised > 0);
  }
  const said = columns.map(({ table, column, counts }) => [`${table}.${column}`, counts] as const);
  expect([...raised]).toEqual(said.filter(([name]) => raised.has(name)));
  for (const name of ["person.active", "vendor.active", "contract.ends_at", "lock.lifted_at"])
    expect([name, raised.get(name)]).toEqual([name, true]);
  expect(raised.get("person.name")).toBe(false);
});
