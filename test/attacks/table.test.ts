import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type Defence, provedRows } from "./defence.ts";
import { defences } from "./defences.ts";

/** Lines of the table in docs/attacks-proved.md. */
const proved = readFileSync("docs/attacks-proved.md", "utf8")
  .split("\n")
  .filter((line) => /^\| A\d+ /.test(line))
  .map((line) => line.slice(2, -2).split(" | "));
const known = new Set([...readFileSync("docs/attacks.md", "utf8").matchAll(/^\| (A\d+) /gm)].map(([, row]) => row));

const lineOf = ({ row, what, file, test: { file: where, name } }: Defence) => [
  row,
  what,
  `\`${file}\``,
  name === undefined ? `\`${where}\`` : `\`${where}\`: ${name}`,
];

describe("the table of defences", () => {
  test("has at least one defence for each row that is proved, and names no row that the list of attacks has not", () => {
    expect(provedRows.filter((row) => !defences.some((defence) => defence.row === row))).toEqual([]);
    expect(defences.filter(({ row }) => !provedRows.includes(row) || !known.has(row))).toEqual([]);
  });

  test.each(defences.map((defence) => [defence.row, defence.what, defence] as const))(
    "%s, %s: stands once where it is said to stand, and its test's file is there",
    (_row, _what, { file, find, replace, test: named }) => {
      expect(readFileSync(file, "utf8").split(find)).toHaveLength(2);
      expect(replace).not.toBe(find);
      expect(existsSync(named.file)).toBe(true);
    },
  );

  test("tells each thing once", () => {
    const whats = defences.map(({ what }) => what);
    expect(whats.filter((what, at) => whats.indexOf(what) !== at)).toEqual([]);
  });

  test("is what docs/attacks-proved.md says, both ways", () => {
    expect(proved).toEqual(defences.map(lineOf));
  });
});
