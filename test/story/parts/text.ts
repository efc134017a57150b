import { en } from "../../../web/text/en.ts";
import { ja } from "../../../web/text/ja.ts";

export type Language = "en" | "ja";

/** What the pages say, by the key that they use: a step presses the button that a person reads. */
export function pageText(language: Language, key: string, values: Readonly<Record<string, string>> = {}): string {
  let found: unknown = { en, ja }[language];
  for (const part of key.split(".")) found = (found as Record<string, unknown> | undefined)?.[part];
  if (typeof found !== "string") throw new Error(`The pages have no text ${key} in ${language}.`);
  return found.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => values[name] ?? whole);
}
