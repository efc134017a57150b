import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SessionView } from "../../protocol/api/session.ts";
import { SessionBadge } from "./badges.tsx";
import { Card } from "./card.tsx";
import { ownZone, useNow } from "./clock.ts";
import { FreezeButton } from "./freeze-button.tsx";
import { send } from "./http.ts";
import { useText } from "./language.ts";
import { Name, Names } from "./name.tsx";
import { useDevices } from "./queries.ts";
import { ReasonDialog } from "./reason-dialog.tsx";
import { Link } from "./router.tsx";
import css from "./session-card.module.css";
import { durationText } from "./time.ts";
import { Traffic } from "./traffic.tsx";
import { When } from "./when.tsx";

/** How a face ends a session: a technician ends their own, an officer cuts. */
export type Ending = "end" | "cut" | "none";

interface SessionCardProps {
  session: SessionView;
  ending: Ending;
  /** Whether the person is shown: staff see several, a technician only their own. */
  who: boolean;
  freezable?: boolean;
  /** The session's own page links nowhere: it would lead to itself. */
  here?: boolean;
}

export function SessionCard({ session, ending, who, freezable = false, here = false }: SessionCardProps) {
  const { t, locale } = useText();
  const devices = useDevices();
  const zone = devices.data?.devices.find((device) => device.id === session.device.id)?.zone ?? ownZone;
  const names = [session.device.name, session.service.name];
  const what = names.join(" · ");
  const live = session.state !== "ended";
  return (
    <Card edge={live ? "open" : "none"} label={who ? `${session.person.name} · ${what}` : what}>
      <div className={css.card}>
        <div className={css.what}>
          <div className={css.head}>
            <SessionBadge session={session} />
            <span className={css.client}>{t(`session.client.${session.client}`)}</span>
          </div>
          {who && (
            <p className={css.person}>
              <Name>{session.person.name}</Name>{" "}
              <small>
                <Name>{session.vendor.name}</Name>
              </small>
            </p>
          )}
          <p className={css.name}>
            {here ? (
              <Names of={names} />
            ) : (
              <Link href={`/sessions/${session.id}`}>
                <Names of={names} />
              </Link>
            )}{" "}
            <span className={css.wire}>{session.service.protocol}</span>
          </p>
          <Traffic counts={session.counts} />
          {live ? (
            <TimeLeft end={session.windowEnd} />
          ) : (
            <p className={css.why}>
              <b>{session.reason ? t(`codes.end.${session.reason}`) : t("shell.unknown")}</b>
              {session.endedBy && <span> {t("session.by", { name: session.endedBy.name })}</span>}
            </p>
          )}
          <p className={css.time}>
            <When window={{ start: session.startedAt, end: session.endedAt ?? session.windowEnd }} siteZone={zone} />
          </p>
          {!live && session.endedAt && (
            <p className={css.time}>
              {t("session.lasted", {
                time: durationText(Date.parse(session.endedAt) - Date.parse(session.startedAt), locale),
              })}
            </p>
          )}
        </div>
        {live && (
          <div className={css.buttons}>
            {freezable && <FreezeButton session={session} />}
            {ending !== "none" && <EndButton session={session} ending={ending} />}
          </div>
        )}
      </div>
    </Card>
  );
}

/** Counts down; the last quarter of an hour is told in words and colour (D37). */
export function TimeLeft({ end }: { end: string }) {
  const { t, locale } = useText();
  const left = Date.parse(end) - useNow();
  const soon = left <= 15 * 60_000;
  return (
    <p className={css.left} data-soon={soon}>
      {left > 0 ? t("time.left", { time: durationText(left, locale) }) : t("time.over")}
      {soon && left > 0 && <span>{` — ${t("time.endsSoon")}`}</span>}
    </p>
  );
}

function EndButton({ session, ending }: { session: SessionView; ending: "end" | "cut" }) {
  const { t } = useText();
  const client = useQueryClient();
  const [opened, setOpened] = useState(false);
  const cut = ending === "cut";
  const act = async (reason: string | null) => {
    await send(`/api/sessions/${session.id}/end`, { reason });
    await client.invalidateQueries({ queryKey: ["sessions"] });
  };
  return (
    <>
      <Button color="shu" variant={cut ? "filled" : "outline"} onClick={() => setOpened(true)}>
        {t(cut ? "session.cut" : "session.end")}
      </Button>
      <ReasonDialog
        opened={opened}
        close={() => setOpened(false)}
        title={t(cut ? "session.cutTitle" : "session.endTitle")}
        about={session.id}
        confirm={t(cut ? "session.cutNow" : "session.endNow")}
        done={t(cut ? "session.cutDone" : "session.endDone")}
        danger
        reason={cut ? "optional" : "none"}
        act={act}
      >
        <p className={css.ask}>
          {cut
            ? t("session.cutAsk", {
                person: session.person.name,
                what: `${session.device.name} · ${session.service.name}`,
              })
            : t("session.endAsk", { what: `${session.device.name} · ${session.service.name}` })}
        </p>
      </ReasonDialog>
    </>
  );
}
