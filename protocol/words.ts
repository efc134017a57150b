import type { TSchema } from "typebox";
import { limits } from "./limits.ts";
import { isWords } from "./schema.ts";

/**
 * What turns, hides or breaks the text around it: controls, format characters but for the two joiners, half surrogates, and
 * separators of lines and paragraphs. No name is taken with one of them; a store that others write into may still hold one.
 */
const hostile = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Letters that are written from right to left, which take their neighbours along. */
const rightToLeft = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/** Somebody's words with each hostile character shown as U+FFFD. */
export function defused(words: string): string {
  return words.replace(hostile, "\ufffd");
}

/** Somebody's words within a sentence of ours: defused, and kept apart (FSI and PDI, UAX #9) where they run the other way. */
export function isolated(words: string): string {
  const shown = defused(words);
  return rightToLeft.test(shown) ? `\u2068${shown}\u2069` : shown;
}

/**
 * A value of `schema` in which each text that somebody has typed, and that its schema refuses, is shown defused: one bad name in
 * a store must not make a whole list refuse. All else is left as it came, for the schema to judge.
 */
export function withDefusedWords(schema: TSchema, value: unknown): unknown {
  const { properties, items, anyOf } = schema as Readonly<Record<string, unknown>>;
  if (Array.isArray(value) && items) return value.map((item) => withDefusedWords(items, item));
  if (Array.isArray(anyOf)) return anyOf.reduce((shown, one) => withDefusedWords(one as TSchema, shown), value);
  if (typeof value === "object" && value !== null && properties) {
    const known = properties as Readonly<Record<string, TSchema>>;
    const shown = ([name, member]: [string, unknown]) => [
      name,
      known[name] ? withDefusedWords(known[name], member) : member,
    ];
    return Object.fromEntries(Object.entries(value).map(shown));
  }
  return typeof value === "string" && isWords(schema) ? fitting(schema, value) : value;
}

/** The words as they came where the schema takes them, else defused, and as much of them as a name has. */
function fitting(schema: { pattern?: unknown }, words: string): string {
  const takes = new RegExp(String(schema.pattern), "u");
  if (takes.test(words)) return words;
  const shown = defused(words);
  if (takes.test(shown)) return shown;
  return Array.from(`\ufffd${shown.replaceAll(/\s/gu, " ")}`)
    .slice(0, limits.nameCharacters)
    .join("");
}
