import {
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Journal } from "../../../agent/journal.ts";
import { silentProgramLog } from "../../../protocol/program-log.ts";
import { temporaryFolder } from "./fixture.ts";

const cleanup: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanup.splice(0).reverse()) clean();
});

function place() {
  const folder = temporaryFolder();
  cleanup.push(folder.remove);
  return join(folder.path, "journal.jsonl");
}

function open(path: string) {
  const journal = new Journal({ path, now: () => new Date("2026-01-02T03:04:05.678Z"), log: silentProgramLog });
  cleanup.push(() => journal.close());
  return journal;
}

test("lines are appended, also after a restart, and are for this user alone", () => {
  const path = place();
  const first = open(path);
  expect(first.write({ event: "begun", session: "ses_1" })).toBe(true);
  first.close();
  open(path).write({ event: "refused", session: null, code: "approval-missing" });
  expect(
    readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as object),
  ).toEqual([
    { at: "2026-01-02T03:04:05.678Z", event: "begun", session: "ses_1" },
    { at: "2026-01-02T03:04:05.678Z", event: "refused", session: null, code: "approval-missing" },
  ]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a line that a power cut tore does not take the next one with it, and a whole one gets no empty one behind it", () => {
  const path = place();
  const first = open(path);
  first.write({ event: "begun", session: "ses_1" });
  first.write({ event: "begun", session: "ses_2" });
  first.close();
  truncateSync(path, statSync(path).size - 4);
  const second = open(path);
  second.write({ event: "begun", session: "ses_3" });
  second.close();
  open(path).write({ event: "begun", session: "ses_4" });
  const whole = (session: string) => JSON.stringify({ at: "2026-01-02T03:04:05.678Z", event: "begun", session });
  const lines = [whole("ses_1"), whole("ses_2").slice(0, -3), whole("ses_3"), whole("ses_4"), ""];
  expect(readFileSync(path, "utf8").split("\n")).toEqual(lines);
});

test("a journal that can't be written is not ready, says so to each write, and is ready again once it could", () => {
  const path = place();
  mkdirSync(path);
  const journal = open(path);
  expect(journal.ready).toBe(false);
  expect(journal.write({ event: "begun", session: "ses_1" })).toBe(false);
  journal.restore();
  expect(journal.ready).toBe(false);
  rmdirSync(path);
  journal.restore();
  expect(journal.ready).toBe(true);
  expect(journal.write({ event: "begun", session: "ses_2" })).toBe(true);
  expect(readFileSync(path, "utf8")).not.toContain("ses_1");
});

test("a journal that was moved or taken away begins a new file with the next line", () => {
  const path = place();
  const journal = open(path);
  journal.write({ event: "begun", session: "ses_1" });
  // As logrotate does, and then with its last rotation.
  const rotated = `${path}.1`;
  renameSync(path, rotated);
  expect(journal.write({ event: "begun", session: "ses_2" })).toBe(true);
  rmSync(path);
  expect(journal.write({ event: "begun", session: "ses_3" })).toBe(true);
  // Another file in its place, whose last line is torn.
  rmSync(path);
  writeFileSync(path, "torn");
  expect(journal.write({ event: "begun", session: "ses_4" })).toBe(true);
  const sessions = (file: string) => [...readFileSync(file, "utf8").matchAll(/ses_./g)].map(String);
  expect(sessions(rotated)).toEqual(["ses_1"]);
  expect(sessions(path)).toEqual(["ses_4"]);
  expect(readFileSync(path, "utf8")).toMatch(/^torn\n\{.*\}\n$/);
});

test("a journal whose place can't be looked at is not ready", () => {
  const path = place();
  const journal = open(path);
  rmSync(path);
  symlinkSync("journal.jsonl", path);
  expect(journal.write({ event: "begun", session: "ses_1" })).toBe(false);
  expect(journal.ready).toBe(false);
});
