import type { Language } from "../text/language.ts";

/** What is said in each language; placeholders are `{name}`. */
export type Text = Readonly<Record<Language, string>>;
/** What fills the placeholders: a text in several languages is said in that of its sentence. */
export type Values = Readonly<Record<string, string | number | Text>>;

/** `text` in `language` with its placeholders filled. */
export function fill(text: Text, language: Language, values: Values = {}): string {
  return text[language].replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name] ?? whole;
    return typeof value === "object" ? value[language] : String(value);
  });
}
