import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { en as texts } from "../../../text/en.ts";
import { en } from "../../../web/text/en.ts";
import { ja } from "../../../web/text/ja.ts";

/** Every leaf as [path, text]. */
function leaves(tree: object, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const here = `${path}/${name}`;
    return typeof value === "string" ? [[here, value] as [string, string]] : leaves(value as object, here);
  });
}

const placeholders = (text: string) =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? "").toSorted((a, b) => (a < b ? -1 : 1));

describe("the texts of the pages", () => {
  const english = new Map(leaves(en));
  const japanese = leaves(ja);

  test("are the same set in both languages, none empty", () => {
    expect([...english.keys()]).toEqual(japanese.map(([path]) => path));
    for (const [path, text] of [...english, ...japanese]) expect(text.trim(), path).not.toBe("");
  });

  test("take the same values in both languages", () => {
    for (const [path, text] of japanese) {
      expect(placeholders(english.get(path) ?? ""), path).toEqual(placeholders(text));
    }
  });

  test("are Japanese in Japanese", () => {
    const foreign = japanese.filter(
      ([, text]) => !/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(text),
    );
    // A separator, and a name that stands by itself.
    expect(foreign.map(([path]) => path)).toEqual(["/shell/comma", "/session/by"]);
  });

  test("say of a code what happened and what to do, in one text", () => {
    expect(en.codes.error.unauthenticated).toBe(`${texts.errors.unauthenticated} ${texts.nextSteps.unauthenticated}`);
    expect(en.codes.deny["role-missing"]).toBe(texts.refusals["role-missing"]);
    expect(ja.codes.deny.locked).toMatch(/。解除されるまで/);
  });

  test("are all said somewhere", () => {
    const folder = join(import.meta.dirname, "../../../web");
    const source = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("text"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const computed = [...source.matchAll(/\bt\(`([\w.-]+)\.\$\{/g)].map((match) => `${match[1]}.`);
    const unsaid = japanese
      .map(([path]) => path.slice(1).replaceAll("/", "."))
      .filter((key) => !source.includes(`"${key}"`) && !computed.some((start) => key.startsWith(start)));
    // Read from the table itself, for an action's name has a dot in it.
    expect(unsaid.filter((key) => !key.startsWith("actions."))).toEqual([]);
  });
});
