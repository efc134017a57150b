import { createInstance } from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import { isolated } from "../../protocol/words.ts";
import { en } from "../text/en.ts";
import { ja } from "../text/ja.ts";
import type { Locale } from "./time.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "page";
    resources: { page: typeof ja };
  }
}

const remembered = "genkan.language";

export const languages: Record<Locale, string> = { ja: "日本語", en: "English" };

/** The remembered choice, or what the browser asks for. */
function firstLocale(): Locale {
  const wanted = readChoice() ?? navigator.language;
  return wanted.startsWith("ja") ? "ja" : "en";
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(remembered);
  } catch {
    return null;
  }
}

export const i18n = createInstance();

export function startLanguage(): void {
  const locale = firstLocale();
  document.documentElement.lang = locale;
  void i18n.use(initReactI18next).init({
    lng: locale,
    fallbackLng: "ja",
    ns: ["page"],
    defaultNS: "page",
    resources: { ja: { page: ja }, en: { page: en } },
    // React escapes what it renders; names within a sentence are kept apart from it.
    interpolation: { escapeValue: true, escape: (value: unknown) => isolated(String(value)) },
    initAsync: false,
  });
}

export function setLanguage(locale: Locale): void {
  document.documentElement.lang = locale;
  void i18n.changeLanguage(locale);
  try {
    localStorage.setItem(remembered, locale);
  } catch {
    // A browser that keeps nothing still gets the language for this page.
  }
}

/** The text function, and the locale for dates. */
export function useText() {
  const { t, i18n: instance } = useTranslation("page", { i18n });
  const locale: Locale = instance.language === "en" ? "en" : "ja";
  return { t, locale };
}
