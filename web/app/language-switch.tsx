import { languages, setLanguage, useText } from "./language.ts";
import css from "./language-switch.module.css";

/** Goes over to the other language, under that language's own name. */
export function LanguageSwitch() {
  const { locale } = useText();
  const other = locale === "ja" ? "en" : "ja";
  return (
    <button type="button" lang={other} className={css.switch} onClick={() => setLanguage(other)}>
      {languages[other]}
    </button>
  );
}
