import type { GrantView } from "../../protocol/api/request.ts";
import { ownZone, useNow } from "../app/clock.ts";
import { grantStateAt } from "../app/grant-state.ts";
import { useText } from "../app/language.ts";
import { clockText, dayText, instantText, readAlike, zoneText } from "../app/time.ts";
import css from "./timeline.module.css";

const hourMs = 3_600_000;
const tickHours = 4;
const ticks = 6;

/** The day around now, with one bar for each grant; the same facts stand as text on the cards below. */
export function Timeline({ grants }: { grants: GrantView[] }) {
  const { t, locale } = useText();
  const nowMs = useNow(30_000);
  const start = Math.floor((nowMs - 2 * hourMs) / hourMs) * hourMs;
  const end = start + tickHours * ticks * hourMs;
  const at = (ms: number) => `${(Math.min(1, Math.max(0, (ms - start) / (end - start))) * 100).toFixed(2)}%`;
  const shown = grants.filter((grant) => Date.parse(grant.window.end) > start && Date.parse(grant.window.start) < end);
  const siteZone = shown.find((grant) => !readAlike(grant.window, grant.siteZone, ownZone))?.siteZone;
  const zones = siteZone === undefined ? [ownZone] : [siteZone, ownZone];
  return (
    <div
      className={css.timeline}
      role="img"
      aria-label={t("home.timelineOf", { count: shown.length, at: instantText(nowMs, ownZone, locale) })}
    >
      {zones.map((zone) => (
        <div key={zone} className={css.scale}>
          {Array.from({ length: ticks }, (_, index) => start + index * tickHours * hourMs).map((tick, index) => (
            <span key={tick} className={css.tick}>
              {index === 0 ? `${dayText(tick, zone, locale)} ` : ""}
              {clockText(tick, zone, locale)}
              {index === 0 ? ` ${zoneText(tick, zone, locale)}` : ""}
            </span>
          ))}
        </div>
      ))}
      <div className={css.lanes}>
        {shown.map((grant) => {
          const from = at(Date.parse(grant.window.start));
          const style = { marginLeft: from, width: `calc(${at(Date.parse(grant.window.end))} - ${from})` };
          return (
            <div key={grant.id} className={css.lane}>
              <div className={css.bar} data-state={grantStateAt(grant, nowMs)} style={style} />
              <span className={css.name}>{grant.device.name}</span>
            </div>
          );
        })}
        <div className={css.now} style={{ left: at(nowMs) }}>
          <span>{t("time.now")}</span>
        </div>
      </div>
    </div>
  );
}
