import { Stack } from "@mantine/core";
import type { Me } from "../../protocol/api/me.ts";
import type { SessionView } from "../../protocol/api/session.ts";
import { Section } from "../app/card.tsx";
import { EndedSessions } from "../app/ended-sessions.tsx";
import { useText } from "../app/language.ts";
import { newest } from "../app/newest.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useSessions } from "../app/queries.ts";
import { SessionCard } from "../app/session-card.tsx";
import { Asked, Empty } from "../app/states.tsx";
import { mayCut, mayFreeze } from "./may.ts";

const shownEnded = 50;

/** Who is on which device right now, and a way to cut; below, what ended and why. */
export function SessionsPage({ me }: { me: Me }) {
  const { t } = useText();
  const sessions = useSessions();
  return (
    <Stack gap="xl">
      <PageTitle title={t("session.pageTitle")}>{t("session.pageLead")}</PageTitle>
      <Asked query={sessions}>{(value) => <Lists sessions={value.sessions} me={me} />}</Asked>
    </Stack>
  );
}

function Lists({ sessions, me }: { sessions: SessionView[]; me: Me }) {
  const { t } = useText();
  const live = sessions.filter((session) => session.state !== "ended");
  const ended = sessions.filter((session) => session.state === "ended");
  return (
    <>
      <Section title={t("session.live", { count: live.length })}>
        {live.length === 0 && <Empty title={t("session.noneLive")}>{t("session.noneLiveHelp")}</Empty>}
        {live.map((session) => (
          <SessionCard
            key={session.id}
            session={session}
            ending={mayCut(me, session) ? "cut" : "none"}
            who
            freezable={mayFreeze(me, session)}
          />
        ))}
      </Section>
      {ended.length > 0 && (
        <Section title={t("session.ended")}>
          <EndedSessions sessions={newest(ended, ({ endedAt }) => endedAt ?? "", shownEnded)} who />
        </Section>
      )}
    </>
  );
}
