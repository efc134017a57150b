import type { Window } from "../../protocol/window.ts";
import { ownZone } from "./clock.ts";
import { useText } from "./language.ts";
import { type Detail, durationText, instantText, readAlike, windowText } from "./time.ts";
import css from "./when.module.css";

/** A window in the site's zone and, where it reads otherwise, in this computer's zone too. */
export function When({ window, siteZone, length = false }: { window: Window; siteZone: string; length?: boolean }) {
  const { t, locale } = useText();
  const alike = readAlike(window, siteZone, ownZone);
  return (
    <span className={css.when}>
      <span className={css.line}>
        {!alike && <span className={css.where}>{t("time.site")}</span>}
        <time dateTime={window.start}>{windowText(window, siteZone, locale)}</time>
      </span>
      {!alike && (
        <span className={css.line}>
          <span className={css.where}>{t("time.own")}</span>
          <time dateTime={window.start}>{windowText(window, ownZone, locale)}</time>
        </span>
      )}
      {length && (
        <span className={css.length}>{durationText(Date.parse(window.end) - Date.parse(window.start), locale)}</span>
      )}
    </span>
  );
}

/** All windows of a request or grant, one below the other. */
export function Whens({ windows, ...rest }: { windows: readonly Window[]; siteZone: string; length?: boolean }) {
  return windows.map((window) => <When key={window.start} window={window} {...rest} />);
}

interface InstantProps {
  at: string;
  /** This computer's where none is given. */
  zone?: string;
  detail?: Detail;
}

/** One instant, with its zone. */
export function Instant({ at, zone = ownZone, detail = "short" }: InstantProps) {
  const { locale } = useText();
  return <time dateTime={at}>{instantText(at, zone, locale, detail)}</time>;
}
