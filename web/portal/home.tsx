import { Button, Stack } from "@mantine/core";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import type { SessionView } from "../../protocol/api/session.ts";
import { spanOf } from "../../protocol/window-at.ts";
import { ApprovalCount } from "../app/approval-progress.tsx";
import { RequestBadge } from "../app/badges.tsx";
import { Section } from "../app/card.tsx";
import { now } from "../app/clock.ts";
import { EndedSessions } from "../app/ended-sessions.tsx";
import { grantStateAt } from "../app/grant-state.ts";
import { useText } from "../app/language.ts";
import { Name, Names } from "../app/name.tsx";
import { newest } from "../app/newest.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useGrants, useRequests, useSessions } from "../app/queries.ts";
import { Link, navigate } from "../app/router.tsx";
import { Row, Rows, Small } from "../app/rows.tsx";
import { SessionCard } from "../app/session-card.tsx";
import { Asked, Empty } from "../app/states.tsx";
import { Whens } from "../app/when.tsx";
import { GrantCard } from "./grant-card.tsx";
import { Timeline } from "./timeline.tsx";

const shownRequests = 10;
const shownPast = 10;
const shownEnded = 5;

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
        aside={<Button onClick={() => navigate("/requests/new")}>{t("place.ask")}</Button>}
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
    .toSorted((a, b) => spanOf(a.windows).start.localeCompare(spanOf(b.windows).start));
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
            {newest(past, ({ windows }) => spanOf(windows).end, shownPast).map((grant) => (
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
  const ended = sessions.filter((session) => session.state === "ended");
  if (sessions.length === 0) return <Empty title={t("home.noSessions")}>{t("home.noSessionsHelp")}</Empty>;
  return (
    <>
      {live.map((session) => (
        <SessionCard key={session.id} session={session} ending="end" who={false} />
      ))}
      {ended.length > 0 && (
        <EndedSessions sessions={newest(ended, ({ endedAt }) => endedAt ?? "", shownEnded)} who={false} />
      )}
    </>
  );
}

const createdAt = (request: RequestView) => request.createdAt;

function Requests({ requests }: { requests: RequestView[] }) {
  const { t } = useText();
  if (requests.length === 0) {
    return (
      <Empty
        title={t("home.noRequests")}
        action={<Button onClick={() => navigate("/requests/new")}>{t("place.ask")}</Button>}
      >
        {t("home.noRequestsHelp")}
      </Empty>
    );
  }
  const waiting = requests.filter(({ state }) => state === "pending");
  const settled = requests.filter(({ state }) => state !== "pending");
  return (
    <Rows>
      {[...newest(waiting, createdAt, waiting.length), ...newest(settled, createdAt, shownRequests)].map((request) => (
        <Row key={request.id} aside={<RequestBadge state={request.state} />}>
          <Link href={`/requests/${request.id}`}>
            <Name>{request.device.name}</Name>
          </Link>
          <Small>
            <Names of={request.services.map((service) => service.name)} between={t("shell.comma")} />
          </Small>
          <Whens windows={request.windows} siteZone={request.siteZone} />
          <ApprovalCount approval={request.approval} />
          {request.denial && <div>{t("request.deniedBecause", { reason: request.denial })}</div>}
        </Row>
      ))}
    </Rows>
  );
}
