import { languages, setLanguage, useText } from "./language.ts";
import css from "./language-switch.module.css";
import type { Locale } from "./time.ts";

/** Each language under its own name, whichever is on. */
export function LanguageSwitch() {
  const { t, locale } = useText();
  return (
    <div role="group" aria-label={t("shell.language")} className={css.switch}>
      {(Object.keys(languages) as Locale[]).map((one) => (
        <button
          key={one}
          type="button"
          lang={one}
          className={css.choice}
          aria-pressed={one === locale}
          onClick={() => setLanguage(one)}
        >
          {languages[one]}
        </button>
      ))}
    </div>
  );
}
