import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { endReasons } from "../../../protocol/end-reason.ts";
import { errors } from "../../../protocol/error.ts";
import { reasons } from "../../../protocol/reason.ts";
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

  test("name every end reason, refusal and error of the protocol, and no other", () => {
    expect(Object.keys(ja.codes.end).toSorted()).toEqual(Object.keys(endReasons).toSorted());
    expect(Object.keys(ja.codes.deny).toSorted()).toEqual(Object.values(reasons).toSorted());
    expect(Object.keys(ja.codes.error).toSorted()).toEqual([...Object.keys(errors), "unreachable"].toSorted());
  });

  test("name every action that the log keeps", () => {
    const root = join(import.meta.dirname, "../../..");
    const kept = ["authority", "admin-api", "store", "bin/authority"].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".ts"))
        .flatMap((name) => [
          ...readFileSync(join(root, folder, name), "utf8").matchAll(/\b(?:action|audit): "([a-z]+[.-][a-z.-]+)"/g),
        ])
        .map((match) => match[1] ?? ""),
    );
    expect(kept.length).toBeGreaterThan(40);
    expect(kept.filter((action) => !Object.hasOwn(ja.actions, action))).toEqual([]);
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
