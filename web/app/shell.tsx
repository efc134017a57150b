import type { ReactNode } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { IdleWarning } from "./idle-warning.tsx";
import { useText } from "./language.ts";
import { LanguageSwitch } from "./language-switch.tsx";
import { type LiveState, useLive } from "./live.ts";
import { PersonMenu } from "./person-menu.tsx";
import { Link, usePath } from "./router.tsx";
import css from "./shell.module.css";

export interface Place {
  path: string;
  label: string;
  icon: ReactNode;
  /** Shown beside the label when above zero. */
  count?: number;
}

/** Frame of both faces: who you are, where you can go, and whether what you see is live. */
export function Shell({ me, places, children }: { me: Me; places: Place[]; children: ReactNode }) {
  const { t } = useText();
  const live = useLive();
  return (
    <div className={css.shell}>
      <a href="#content" className={css.skip}>
        {t("shell.skip")}
      </a>
      <header className={css.header}>
        <div className={css.bar}>
          <Link href="/" className={css.brand}>
            <b>玄関</b> Genkan
          </Link>
          <span className={css.face}>{t(`shell.face.${me.face}`)}</span>
          <LiveMark state={live} />
          <LanguageSwitch />
          <PersonMenu me={me} />
        </div>
      </header>
      <IdleWarning me={me} />
      <Places places={places} />
      <main id="content" className={css.main}>
        {children}
      </main>
    </div>
  );
}

function Places({ places }: { places: Place[] }) {
  const { t } = useText();
  const path = usePath();
  const here = (place: Place) => (place.path === "/" ? path === "/" : path.startsWith(place.path));
  return (
    <nav className={css.places} aria-label={t("shell.places")}>
      {places.map((place) => (
        <Link
          key={place.path}
          href={place.path}
          className={css.place ?? ""}
          aria-current={here(place) ? "page" : undefined}
        >
          {place.icon}
          <span className={css.placeName}>{place.label}</span>
          {Boolean(place.count) && <span className={css.count}>{place.count}</span>}
        </Link>
      ))}
    </nav>
  );
}

function LiveMark({ state }: { state: LiveState }) {
  const { t } = useText();
  return (
    <span role="status" className={css.live} data-state={state}>
      <i aria-hidden="true" />
      {t(`shell.${state}`)}
    </span>
  );
}
