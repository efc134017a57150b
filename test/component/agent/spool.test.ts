import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Spool } from "../../../agent/spool.ts";
import { newId } from "../../../crypto/random.ts";
import { temporaryFolder } from "./fixture.ts";

const cleanup: (() => unknown)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

test("only files that are named for a session are recordings; others are left alone", () => {
  const folder = temporaryFolder();
  cleanup.push(folder.remove);
  const session = newId("session");
  Spool.open(folder.path, session).close();
  const place = join(folder.path, "recordings");
  const strangers = [
    `${session} (copy).jsonl`,
    `${newId("grant")}.jsonl`,
    ".jsonl",
    `${newId("session")}.jsonl.refused`,
  ];
  for (const name of strangers) writeFileSync(join(place, name), "");
  mkdirSync(join(place, `${newId("session")}.jsonl`));
  expect(Spool.leftovers(folder.path).map((left) => left.session)).toEqual([session]);
  expect(readdirSync(place)).toHaveLength(6);
});
