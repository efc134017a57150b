import type { GrantView } from "../../protocol/api/grant.ts";
import { ownZone, useNow } from "../app/clock.ts";
import { grantStateAt } from "../app/grant-state.ts";
import { useText } from "../app/language.ts";
import { clockText, dayText, instantText, readAlike, zoneText } from "../app/time.ts";
import css from "./timeline.module.css";

const hourMs = 3_600_000;
const tickHours = 4;
const ticks = 6;
/** A name would run out of the picture beyond this share of its width. */
const nameAtMost = 0.62;

/** The day around now, with one bar for each grant; the same facts stand as text on the cards below. */
export function Timeline({ grants }: { grants: GrantView[] }) {
  const { t, locale } = useText();
  const nowMs = useNow(30_000);
  const start = Math.floor((nowMs - 2 * hourMs) / hourMs) * hourMs;
  const end = start + tickHours * ticks * hourMs;
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - start) / (end - start)));
  const shown = grants.filter((grant) => Date.parse(grant.window.end) > start && Date.parse(grant.window.start) < end);
  const siteZone = shown.find((grant) => !readAlike(grant.window, grant.siteZone, ownZone))?.siteZone;
  const label = t("home.timelineOf", { count: shown.length, at: instantText(nowMs, ownZone, locale) });
  return (
    <div className={css.timeline} role="img" aria-label={label}>
      {siteZone && <Scale zone={siteZone} start={start} name={t("time.site")} />}
      <Scale zone={ownZone} start={start} name={siteZone ? t("time.own") : ""} />
      <div className={css.lanes}>
        {shown.map((grant) => {
          const from = share(Date.parse(grant.window.start));
          const width = share(Date.parse(grant.window.end)) - from;
          return (
            <div key={grant.id} className={css.lane}>
              <div className={css.name} style={{ paddingLeft: percent(Math.min(from, nameAtMost)) }}>
                {grant.device.name}
              </div>
              <div
                className={css.bar}
                data-state={grantStateAt(grant, nowMs)}
                style={{ marginLeft: percent(from), width: percent(width) }}
              />
            </div>
          );
        })}
        <div className={css.now} style={{ left: percent(share(nowMs)) }}>
          <span>{t("time.now")}</span>
        </div>
      </div>
    </div>
  );
}

function Scale({ zone, start, name }: { zone: string; start: number; name: string }) {
  const { locale } = useText();
  const marks = Array.from({ length: ticks }, (_, index) => start + index * tickHours * hourMs);
  return (
    <>
      <div className={css.caption}>
        {name} {dayText(start, zone, locale)} {zoneText(start, zone)}
      </div>
      <div className={css.scale}>
        {marks.map((mark) => (
          <span key={mark} className={css.tick}>
            {clockText(mark, zone, locale)}
          </span>
        ))}
      </div>
    </>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
