import type { ReactNode } from "react";
import css from "./doorway.module.css";
import { useText } from "./language.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { Noren } from "./noren.tsx";

/** The page of whoever is still outside: sign-in and enrolment. */
export function Doorway({ children }: { children: ReactNode }) {
  const { t } = useText();
  return (
    <div className={css.outside}>
      <header className={css.top}>
        <LanguageSwitch />
      </header>
      <main className={css.door}>
        <Noren />
        <div className={css.sheet}>{children}</div>
        <p className={css.foot}>{t("shell.what")}</p>
      </main>
    </div>
  );
}
