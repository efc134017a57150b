/** The languages in which Genkan speaks. Japanese comes first: the others have its shape. */
export const languages = ["ja", "en"] as const;
export type Language = (typeof languages)[number];

/** What happened and what to do about it, as one text: Japanese sentences stand without a space between them. */
export function said(language: Language, what: string, next?: string): string {
  return next === undefined ? what : [what, next].join(language === "ja" ? "" : " ");
}
