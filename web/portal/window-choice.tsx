import { Button, TextInput } from "@mantine/core";
import { limits } from "../../protocol/limits.ts";
import { now, ownZone } from "../app/clock.ts";
import { useText } from "../app/language.ts";
import { durationText } from "../app/time.ts";
import { When } from "../app/when.tsx";
import css from "./ask.module.css";
import { asWindow, inputText, quickWindow, type TypedWindow } from "./typed-window.ts";

const quickHours = [1, 2, 4] as const;

interface WindowChoiceProps {
  value: TypedWindow;
  onChange: (value: TypedWindow) => void;
  siteZone: string | undefined;
}

export function WindowChoice({ value, onChange, siteZone }: WindowChoiceProps) {
  const { t } = useText();
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{t("ask.window")}</legend>
      <div className={css.quick}>
        {quickHours.map((hours) => (
          <Button key={hours} variant="default" size="sm" onClick={() => onChange(quickWindow(now(), hours))}>
            {t("ask.quick", { hours })}
          </Button>
        ))}
      </div>
      <div className={css.times}>
        <TextInput
          type="datetime-local"
          label={t("ask.start", { zone: ownZone })}
          required
          value={inputText(value.start)}
          onChange={(event) => onChange({ ...value, start: event.currentTarget.value })}
        />
        <TextInput
          type="datetime-local"
          label={t("ask.end", { zone: ownZone })}
          required
          value={inputText(value.end)}
          onChange={(event) => onChange({ ...value, end: event.currentTarget.value })}
        />
      </div>
      <Reads typed={value} siteZone={siteZone} />
    </fieldset>
  );
}

/** How the window reads in both zones, and what is wrong with it before the server has to say so. */
function Reads({ typed, siteZone }: { typed: TypedWindow; siteZone: string | undefined }) {
  const { t, locale } = useText();
  const window = asWindow(typed, now());
  if (!window) return null;
  const ms = Date.parse(window.end) - Date.parse(window.start);
  const longest = limits.windowLongestMs;
  return (
    <div className={css.reads} aria-live="polite">
      {ms <= 0 ? (
        <p className={css.fault}>{t("codes.deny.window-impossible")}</p>
      ) : (
        <When window={window} siteZone={siteZone ?? ownZone} length />
      )}
      {ms > longest && <p className={css.fault}>{t("ask.tooLong", { longest: durationText(longest, locale) })}</p>}
    </div>
  );
}
