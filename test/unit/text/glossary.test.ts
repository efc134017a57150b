import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const read = (file: string) => readFileSync(join(root, file), "utf8");

interface Term {
  readonly en: string;
  readonly ja: string;
  readonly not: readonly string[];
}

const codes = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);

function glossary(page: string): Term[] {
  return read(page)
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [en = "", ja = "", , not = ""] = line.slice(1, -1).split("|");
      return { en: codes(en)[0] ?? "", ja: codes(ja)[0] ?? "", not: codes(not) };
    });
}

const terms = glossary("docs/glossary.md");

/** Every file whose strings a person reads: the tables of texts, each program's help, and what `npm start` says. */
const spoken = ["text", "web/text", "bin/start", "bin/authority"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  )
  .concat("protocol/error.ts", "cli/messages.ts", "cli/next-command.ts", "bin/genkan.ts", "bin/genkan-agent.ts")
  .concat("bin/genkan-authority.ts", "bin/genkan-gateway.ts");

/** String literals of a source file; comments, keys of a table and names of files are no copy. */
function strings(file: string): string {
  const withoutComments = read(file).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  const literals = withoutComments.matchAll(/("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`)(:?)/g);
  return [...literals].flatMap(([, literal = "", key]) => (key || isFileName(literal) ? [] : [literal])).join("\n");
}

const isFileName = (literal: string) => /^"[\w./-]+\.\w+"$/.test(literal);

/** A word as people write it: English ones whole, in any case. */
const isSaid = (word: string, text: string) =>
  /^[\x20-\x7e]+$/.test(word) ? new RegExp(`\\b${word}\\b`, "i").test(text) : text.includes(word);

describe("the glossary", () => {
  test("is the same in both languages, term by term", () => {
    expect(terms.length).toBeGreaterThan(30);
    expect(glossary("docs/ja/glossary.md")).toEqual(terms);
  });

  test("has one word for a thing, and forbids no word that it uses", () => {
    for (const language of ["en", "ja"] as const) {
      const words = terms.map((term) => term[language]);
      expect(new Set(words).size).toBe(words.length);
    }
    const words = terms.flatMap(({ en, ja }) => [en, ja]);
    expect(terms.flatMap(({ not }) => not).filter((word) => words.some((used) => isSaid(word, used)))).toEqual([]);
  });

  test("is kept by every text that people read", () => {
    const breaches = spoken.flatMap((file) => {
      const text = strings(file);
      return terms.flatMap(({ not }) => not.filter((word) => isSaid(word, text)).map((word) => `${file}: ${word}`));
    });
    expect(breaches).toEqual([]);
  });

  test("is kept by the Japanese papers too", () => {
    const papers = [
      "README.ja.md",
      ...readdirSync(join(root, "docs/ja"))
        .filter((name) => name !== "glossary.md")
        .map((name) => `docs/ja/${name}`),
    ];
    const breaches = papers.flatMap((file) => {
      const text = read(file);
      return terms
        .flatMap(({ not }) => not.filter((word) => !/^[\x20-\x7e]+$/.test(word)))
        .filter((word) => text.includes(word))
        .map((word) => `${file}: ${word}`);
    });
    expect(breaches).toEqual([]);
  });

  test("has each of its words said somewhere", () => {
    const all = spoken.map(strings).join("\n");
    const unsaid = terms.filter(({ en, ja }) => !isSaid(en, all) || !all.includes(ja));
    expect(unsaid.map(({ en }) => en)).toEqual([]);
  });

  test("finds a forbidden word where one is said", () => {
    expect(isSaid("company", 'en: "Your Company is suspended."')).toBe(true);
    expect(isSaid("company", 'en: "accompanying"')).toBe(false);
    expect(isSaid("ベンダー", "別のベンダーの機器")).toBe(true);
  });
});
