import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checklistReasons, checklistSteps } from "../../../protocol/api/checklist.ts";
import { auditProblems } from "../../../protocol/audit-export.ts";
import { endReasons } from "../../../protocol/end-reason.ts";
import { errors } from "../../../protocol/error.ts";
import { roles } from "../../../protocol/person.ts";
import { reaches } from "../../../protocol/reach.ts";
import { reasons } from "../../../protocol/reason.ts";
import { agentPages as agentEn } from "../../../text/en/agent-page.ts";
import { devicePages as deviceEn } from "../../../text/en/device-page.ts";
import { en } from "../../../text/en.ts";
import { agentPages as agentJa } from "../../../text/ja/agent-page.ts";
import { devicePages as deviceJa } from "../../../text/ja/device-page.ts";
import { ja } from "../../../text/ja.ts";
import { said } from "../../../text/language.ts";

/** Every leaf as [path, text]. */
function leaves(tree: object, path = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const here = `${path}/${name}`;
    return typeof value === "string" ? [[here, value] as [string, string]] : leaves(value as object, here);
  });
}

const english = leaves({ ...en, agentPages: agentEn, devicePages: deviceEn });
const japanese = leaves({ ...ja, agentPages: agentJa, devicePages: deviceJa });
const sentences = ([path]: [string, string]) => !/^\/(?:actions|lockKinds|roles|states)\//.test(path);

describe("what codes say", () => {
  test("is the same set in both languages, none empty", () => {
    const paths = (texts: [string, string][]) => texts.map(([path]) => path).toSorted();
    expect(paths(english)).toEqual(paths(japanese));
    for (const [path, text] of [...english, ...japanese]) expect(text.trim(), path).not.toBe("");
  });

  test("is Japanese in Japanese, and not in English", () => {
    const script = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u;
    expect(japanese.filter(([, text]) => !script.test(text))).toEqual([]);
    expect(english.filter(([, text]) => script.test(text))).toEqual([]);
  });

  test("is whole sentences, so that one can follow another", () => {
    expect(japanese.filter(sentences).filter(([, text]) => !text.endsWith("。"))).toEqual([]);
    expect(english.filter(sentences).filter(([, text]) => !text.endsWith("."))).toEqual([]);
    expect(said("ja", "一。", "二。")).toBe("一。二。");
    expect(said("en", "One.", "Two.")).toBe("One. Two.");
    expect(said("en", "One.")).toBe("One.");
  });

  test("names every code of the protocol, and no other", () => {
    const sets = [
      [ja.endReasons, endReasons],
      [ja.refusals, Object.values(reasons)],
      [ja.errors, Object.keys(errors)],
      [ja.auditProblems, auditProblems],
      [ja.roles, roles],
      [ja.reaches, reaches],
      [ja.checklistSteps, checklistSteps],
      [ja.checklistReasons, checklistReasons],
    ] as const;
    for (const [texts, codes] of sets) expect(Object.keys(texts).toSorted()).toEqual([...codes].toSorted());
    const known = new Set<string>([...Object.keys(errors), ...Object.values(reasons)]);
    expect(Object.keys(ja.nextSteps).filter((code) => !known.has(code))).toEqual([]);
  });

  test("is one wording for a code that stands in several sets", () => {
    for (const { endReasons: ends, errors: failures, refusals } of [ja, en]) {
      const wordings = new Map<string, Set<string>>();
      for (const [code, text] of [ends, failures, refusals].flatMap((set) => Object.entries(set))) {
        wordings.set(code, (wordings.get(code) ?? new Set()).add(text));
      }
      expect([...wordings].filter(([, texts]) => texts.size > 1)).toEqual([]);
    }
  });
});

describe("one wording", () => {
  /** Source in which somebody could write beside `text/` what a code says; protocol's titles are the English of errors. */
  const folders = ["agent", "channels", "cli", "web", "bin"];
  const root = join(import.meta.dirname, "../../..");
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), "utf8")] as const),
  );

  test("of every sentence stands in one file", () => {
    const said = [...english, ...japanese].filter(sentences).filter(([, text]) => text.length > 12);
    const again = said.flatMap(([path, text]) =>
      files.filter(([, source]) => source.includes(`"${text}"`)).map(([file]) => `${file}: ${path}`),
    );
    expect(again).toEqual([]);
  });
});
