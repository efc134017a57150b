import type { GrantView } from "../../protocol/api/grant.ts";
import { windowState } from "../../protocol/window-at.ts";
import { ownZone, useNow } from "../app/clock.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { clockText, dayText, instantText, readAlike, zoneText } from "../app/time.ts";
import { type Scale, scaleOf } from "./scale.ts";
import css from "./timeline.module.css";

/** A name would run out of the picture beyond this share of its width. */
const nameAtMost = 0.62;

/** The time around now, with one bar for each grant; the same facts stand as text on the cards below. */
export function Timeline({ grants }: { grants: GrantView[] }) {
  const { t, locale } = useText();
  const nowMs = useNow(30_000);
  const windows = grants.flatMap((grant) => grant.windows);
  const scale = scaleOf(nowMs, windows, -new Date(nowMs).getTimezoneOffset() * 60_000);
  const { start, end } = scale;
  const share = (ms: number) => Math.min(1, Math.max(0, (ms - start) / (end - start)));
  const shown = grants.flatMap((grant) =>
    grant.windows
      .filter((window) => Date.parse(window.end) > start && Date.parse(window.start) < end)
      .map((window) => ({ grant, window })),
  );
  const siteZone = shown.find(({ grant, window }) => !readAlike(window, grant.siteZone, ownZone))?.grant.siteZone;
  const label = t("home.timelineOf", { count: shown.length, at: instantText(nowMs, ownZone, locale) });
  return (
    <div className={css.timeline} role="img" aria-label={label}>
      {siteZone && <Marks zone={siteZone} scale={scale} name={t("time.site")} />}
      <Marks zone={ownZone} scale={scale} name={siteZone ? t("time.own") : ""} />
      <div className={css.lanes}>
        {scale.marks.map((mark) => (
          <i key={mark} className={css.line} style={{ left: percent(share(mark)) }} />
        ))}
        {shown.map(({ grant, window }) => {
          const from = share(Date.parse(window.start));
          const width = share(Date.parse(window.end)) - from;
          return (
            <div key={grant.id + window.start} className={css.lane}>
              <div className={css.name} style={{ paddingLeft: percent(Math.min(from, nameAtMost)) }}>
                <span>
                  <Name long>{grant.device.name}</Name>
                </span>
              </div>
              <div
                className={css.bar}
                data-state={grant.state === "revoked" ? "revoked" : windowState([window], nowMs)}
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

/** The clock of a zone along the scale; where a day begins, the day. */
function Marks({ zone, scale, name }: { zone: string; scale: Scale; name: string }) {
  const { locale } = useText();
  const { start, end, marks } = scale;
  return (
    <>
      <div className={css.caption}>
        {name} {dayText(start, zone, locale)} {zoneText(start, zone)}
      </div>
      <div className={css.scale}>
        {marks.map((mark, index) => {
          const day = dayText(mark, zone, locale);
          const before = marks[index - 1];
          const begins = before !== undefined && dayText(before, zone, locale) !== day;
          const left = percent((mark - start) / (end - start));
          return (
            <span key={mark} className={css.tick} data-day={begins} style={{ left }}>
              {begins ? day : clockText(mark, zone, locale)}
            </span>
          );
        })}
      </div>
    </>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
