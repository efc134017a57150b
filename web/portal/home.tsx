import { Button, Stack } from "@mantine/core";
import type { GrantView, RequestView } from "../../protocol/api/request.ts";
import type { SessionView } from "../../protocol/api/session.ts";
import type { Me } from "../../protocol/api/sign-in.ts";
import { Section } from "../app/card.tsx";
import { now } from "../app/clock.ts";
import { grantStateAt } from "../app/grant-state.ts";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useGrants, useRequests, useSessions } from "../app/queries.ts";
import { navigate } from "../app/router.tsx";
import { SessionCard } from "../app/session-card.tsx";
import { Asked, Empty } from "../app/states.tsx";
import { GrantCard } from "./grant-card.tsx";
import { RequestRow } from "./request-row.tsx";
import { Timeline } from "./timeline.tsx";

const shownRequests = 10;

/** What a technician has: windows and ways in first, then what is live, then what was asked. */
export function Home({ me }: { me: Me }) {
  const { t } = useText();
  const grants = useGrants();
  const sessions = useSessions();
  const requests = useRequests();
  return (
    <Stack gap="xl">
      <PageTitle
        title={t("home.title")}
        aside={<Button onClick={() => navigate("/requests/new")}>{t("home.ask")}</Button>}
      />
      <Section title={t("home.grants")}>
        <Asked query={grants}>{(value) => <Grants grants={value.grants} me={me} />}</Asked>
      </Section>
      <Section title={t("home.sessions")}>
        <Asked query={sessions}>{(value) => <Sessions sessions={value.sessions} />}</Asked>
      </Section>
      <Section title={t("home.requests")}>
        <Asked query={requests}>{(value) => <Requests requests={value.requests} />}</Asked>
      </Section>
    </Stack>
  );
}

function Grants({ grants, me }: { grants: GrantView[]; me: Me }) {
  const { t } = useText();
  const nowMs = now();
  const usable = grants
    .filter((grant) => ["open", "scheduled"].includes(grantStateAt(grant, nowMs)))
    .toSorted((a, b) => a.window.start.localeCompare(b.window.start));
  const past = grants.filter((grant) => !usable.includes(grant));
  return (
    <>
      {usable.length === 0 ? (
        <Empty title={t("home.noGrants")}>{t("home.noGrantsHelp")}</Empty>
      ) : (
        <Timeline grants={usable} />
      )}
      {usable.map((grant) => (
        <GrantCard key={grant.id} grant={grant} me={me} />
      ))}
      {past.length > 0 && (
        <details>
          <summary>{t("home.past", { count: past.length })}</summary>
          <Stack mt="sm">
            {past
              .toSorted((a, b) => b.window.end.localeCompare(a.window.end))
              .slice(0, shownRequests)
              .map((grant) => (
                <GrantCard key={grant.id} grant={grant} me={me} />
              ))}
          </Stack>
        </details>
      )}
    </>
  );
}

function Sessions({ sessions }: { sessions: SessionView[] }) {
  const { t } = useText();
  const live = sessions.filter((session) => session.state !== "ended");
  const ended = sessions
    .filter((session) => session.state === "ended")
    .toSorted((a, b) => (b.endedAt ?? "").localeCompare(a.endedAt ?? ""))
    .slice(0, 3);
  if (sessions.length === 0) return <Empty title={t("home.noSessions")}>{t("home.noSessionsHelp")}</Empty>;
  return [...live, ...ended].map((session) => (
    <SessionCard key={session.id} session={session} ending="end" who={false} />
  ));
}

function Requests({ requests }: { requests: RequestView[] }) {
  const { t } = useText();
  if (requests.length === 0) {
    return (
      <Empty
        title={t("home.noRequests")}
        action={<Button onClick={() => navigate("/requests/new")}>{t("home.firstAsk")}</Button>}
      >
        {t("home.noRequestsHelp")}
      </Empty>
    );
  }
  return requests
    .toSorted((a, b) => b.createdAt.localeCompare(a.createdAt))
    .slice(0, shownRequests)
    .map((request) => <RequestRow key={request.id} request={request} />);
}
