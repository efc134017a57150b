import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/threat-model.md", "utf8");
const folder = "test/integration/stolen";

/** Cells of the rows of the first table under this heading, without its head. */
function table(heading: string): string[][] {
  const from = page.indexOf(`${heading}\n`);
  if (from === -1) throw new Error(`The page has no heading ${heading}.`);
  const lines = page.slice(from).split("\n");
  const first = lines.findIndex((line) => line.startsWith("|---"));
  const rows = lines.slice(first + 1);
  const end = rows.findIndex((line) => !line.startsWith("| "));
  return rows.slice(0, end).map((line) => line.slice(2, -2).split(" | "));
}

const parts = table("## What each stolen part can do").map(([part]) => part ?? "");
const shown = table("### Part by part").map(([part = "", attempt = "", answer = "", by = ""]) => {
  const [, file = "", name = ""] = /^`([\w-]+\.test\.ts)`: (.+)$/.exec(by) ?? [];
  return { part, attempt, answer, file, name };
});

describe("the threat model", () => {
  it("tells of each stolen part and no other what comes of each of the four attempts", () => {
    const attempts = ["open a device", "extend a window", "read a session", "forge the log"];
    const due = parts.flatMap((part) => attempts.map((attempt) => `${part}: ${attempt}`));
    const told = new Set(shown.map(({ part, attempt }) => `${part}: ${attempt}`));
    expect([...told].sort()).toEqual([...due].sort());
    expect(shown.filter(({ answer }) => answer.length === 0)).toEqual([]);
  });

  it("shows each by a test that exists, and names every file of such tests", () => {
    const absent = shown.filter(({ file, name }) => {
      if (file === "" || !existsSync(`${folder}/${file}`)) return true;
      return !readFileSync(`${folder}/${file}`, "utf8").includes(`"${name}`);
    });
    expect(absent).toEqual([]);
    const files = readdirSync(folder).filter((file) => file.endsWith(".test.ts"));
    expect([...new Set(shown.map(({ file }) => file))].sort()).toEqual(files.sort());
  });

  it("names steps of the story and places of tests that exist", () => {
    const claims = table("### Claim by claim").map(([, by = ""]) => by);
    const named = claims.flatMap((by) => [...by.matchAll(/`([^`]+)`/g)].map(([, one = ""]) => one));
    expect(named.length).toBeGreaterThan(claims.length / 2);
    const absent = named.filter((one) => !existsSync(one.startsWith("test/") ? one : `test/story/steps/${one}.ts`));
    expect(absent).toEqual([]);
  });
});
