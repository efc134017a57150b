import { Button, TextInput } from "@mantine/core";
import { limits } from "../../protocol/limits.ts";
import { now, ownZone } from "../app/clock.ts";
import { useText } from "../app/language.ts";
import { clockText, durationText, zoneText } from "../app/time.ts";
import { When } from "../app/when.tsx";
import css from "./ask.module.css";
import { asWindow, inputText, instantsOf, quickWindow, retyped, type TypedWindow } from "./typed-window.ts";

const quickHours = [1, 2, 4] as const;

interface WindowChoiceProps {
  value: TypedWindow;
  onChange: (value: TypedWindow) => void;
  siteZone: string | undefined;
}

export function WindowChoice({ value, onChange, siteZone }: WindowChoiceProps) {
  const { t } = useText();
  const type = (side: keyof TypedWindow, text: string) => onChange(retyped(value, side, text, now()));
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{t("ask.window")}</legend>
      <div className={css.quick}>
        {quickHours.map((hours) => (
          <Button key={hours} variant="default" size="sm" onClick={() => onChange(quickWindow(hours))}>
            {t("ask.quick", { hours })}
          </Button>
        ))}
      </div>
      <div className={css.times}>
        {(["start", "end"] as const).map((side) => (
          <div key={side}>
            <TextInput
              type="datetime-local"
              label={t(`ask.${side}`, { zone: ownZone })}
              required
              max="9999-12-31T23:59"
              value={inputText(value[side], now())}
              onChange={(event) => type(side, event.currentTarget.value)}
            />
            <WhichOne time={value[side]} choose={(instant) => type(side, instant)} />
          </div>
        ))}
      </div>
      <Reads typed={value} siteZone={siteZone} />
    </fieldset>
  );
}

/** Asks which instant is meant where clocks go back and a time comes twice; says so where they leave it out. */
function WhichOne({ time, choose }: { time: string; choose: (instant: string) => void }) {
  const { t, locale } = useText();
  const meant = instantsOf(time, now());
  if (time === "" || meant.length === 1) return null;
  if (meant.length === 0) return <p className={css.fault}>{t("ask.timeLeftOut")}</p>;
  return (
    <div role="group" aria-label={t("ask.timeTwice")}>
      <p className={css.fault}>{t("ask.timeTwice")}</p>
      <div className={css.quick}>
        {meant.map((instant) => (
          <Button key={instant} variant="default" size="sm" onClick={() => choose(new Date(instant).toISOString())}>
            {clockText(instant, ownZone, locale)} {zoneText(instant, ownZone)}
          </Button>
        ))}
      </div>
    </div>
  );
}

/** How the window reads in both zones, and what is wrong with it before the server has to say so. */
function Reads({ typed, siteZone }: { typed: TypedWindow; siteZone: string | undefined }) {
  const { t, locale } = useText();
  const window = asWindow(typed, now());
  if (!window) return null;
  const ms = Date.parse(window.end) - Date.parse(window.start);
  const past = Date.parse(window.end) <= now();
  const longest = limits.windowLongestMs;
  return (
    <div className={css.reads} aria-live="polite">
      {ms <= 0 ? (
        <p className={css.fault}>{t(past ? "codes.deny.window-past" : "codes.deny.window-impossible")}</p>
      ) : (
        <When window={window} siteZone={siteZone ?? ownZone} length />
      )}
      {ms > longest && <p className={css.fault}>{t("ask.tooLong", { longest: durationText(longest, locale) })}</p>}
    </div>
  );
}
