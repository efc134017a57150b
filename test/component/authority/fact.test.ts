import type { KyselyPlugin } from "kysely";
import { describe, expect, test } from "vitest";
import { admitFacts } from "../../../authority/admission.ts";
import { FactReader } from "../../../authority/fact-reader.ts";
import type { Db } from "../../../store/database.ts";
import { facts } from "../../../store/fact.ts";
import { changed, columns } from "../store/fact-change.ts";
import { type Ready, ready } from "./ready.ts";

/** What a decision on the one live session stands on, read through `db`; what can't be read is told, too. */
async function seen({ world, technician, grant }: Ready, db: Db): Promise<string> {
  const read = new FactReader(db, world.context.now());
  const { workstation, id } = technician.signIn;
  try {
    const [stored, person, signIn] = [
      await read.grant(grant.id),
      await read.person(technician.person.id),
      await read.signIn(id),
    ];
    if (!stored || !person || !signIn) return "gone";
    const service = world.devices.own.services[1] ?? ("svc_" as const);
    const of = {
      action: "renew",
      person,
      factors: technician.signIn.factors,
      signedOut: signIn.ended_at !== null,
      workstation,
      grant: stored,
      service,
    } as const;
    const { grant: granted, ...rest } = await admitFacts(world.context, read, of);
    return JSON.stringify([granted, rest]);
  } catch (error) {
    return String(error);
  }
}

describe("the list of what decisions stand on", () => {
  test("raises the epoch for each column that it names, and a decision sees nothing of the others", async () => {
    const r = await ready();
    await r.open();
    const before = await seen(r, r.world.store.db);
    const wrong: string[] = [];
    let raised = 0;
    for (const column of columns) {
      const name = `${column.table}.${column.column}`;
      const after = await changed(r.world.store, column, (db) => seen(r, db));
      if (after === null) continue;
      if (after.raised > 0) raised += 1;
      if (column.counts && after.raised === 0) wrong.push(`${name} counts, and raises nothing`);
      if (!column.counts && after.raised > 0) wrong.push(`${name} does not count, and raises the epoch`);
      if (after.raised === 0 && after.seen !== before) wrong.push(`${name} changes a decision, and raises nothing`);
    }
    expect(wrong).toEqual([]);
    expect(raised).toBeGreaterThan(12);
  });

  test("names every table that a decision on a live session reads", async () => {
    const r = await ready();
    await r.open();
    const tables = new Set<string>();
    const note: KyselyPlugin = {
      transformQuery: ({ node }) => {
        for (const [, name] of JSON.stringify(node).matchAll(/"kind":"TableNode".*?"name":"([a-z_]+)"/g))
          if (name !== undefined) tables.add(name);
        return node;
      },
      transformResult: async ({ result }) => result,
    };
    await seen(r, r.world.store.db.withPlugin(note));
    // Names of sites for the page, and how many sessions live: none of it ends one. What was asked stays.
    const shown = ["site", "session", "request"];
    expect([...tables].filter((table) => !(table in facts) && !shown.includes(table))).toEqual([]);
    for (const table of ["person", "grant", "lock", "contract", "workstation_key"])
      expect([...tables]).toContain(table);
  });
});
