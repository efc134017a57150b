import { Button, TextInput } from "@mantine/core";
import type { Window } from "../../protocol/window.ts";
import { ownZone } from "../app/clock.ts";
import { useText } from "../app/language.ts";
import { durationText, fromLocalInput, toLocalInput } from "../app/time.ts";
import { When } from "../app/when.tsx";
import css from "./end-choice.module.css";

const hourMs = 3_600_000;
const shorterHours = [1, 2, 4] as const;

/** The end of a window that is approved: as asked, or earlier. */
export function EndChoice(props: { asked: Window; siteZone: string; end: string; choose: (end: string) => void }) {
  const { t, locale } = useText();
  const { end, choose } = props;
  const start = Date.parse(props.asked.start);
  const asked = Date.parse(props.asked.end);
  const type = (value: string) => {
    const ms = fromLocalInput(value);
    if (ms !== null) choose(new Date(toLocalInput(asked) === value ? asked : ms).toISOString());
  };
  const late = Date.parse(end) > asked;
  const early = Date.parse(end) <= start;
  const choices = [...shorterHours.map((hours) => start + hours * hourMs).filter((ms) => ms < asked), asked];
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{t("approval.until")}</legend>
      <div className={css.choices}>
        {choices.map((ms) => (
          <Button
            key={ms}
            size="sm"
            variant={Date.parse(end) === ms ? "filled" : "default"}
            aria-pressed={Date.parse(end) === ms}
            onClick={() => choose(new Date(ms).toISOString())}
          >
            {ms === asked ? t("approval.asAsked") : t("approval.only", { time: durationText(ms - start, locale) })}
          </Button>
        ))}
      </div>
      <TextInput
        type="datetime-local"
        label={t("approval.endAt", { zone: ownZone })}
        value={toLocalInput(Date.parse(end))}
        min={toLocalInput(start)}
        max={toLocalInput(asked)}
        error={late ? t("codes.deny.wider-than-request") : early ? t("codes.deny.window-impossible") : undefined}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <div className={css.reads} aria-live="polite">
        <When window={{ start: props.asked.start, end }} siteZone={props.siteZone} length />
      </div>
    </fieldset>
  );
}
