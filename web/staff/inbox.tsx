import { Button, Stack } from "@mantine/core";
import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import { spanOf } from "../../protocol/window-at.ts";
import { ApprovalCount } from "../app/approval-progress.tsx";
import { RequestBadge } from "../app/badges.tsx";
import { Card, Section } from "../app/card.tsx";
import { useText } from "../app/language.ts";
import { Name, Names } from "../app/name.tsx";
import { newest } from "../app/newest.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useRequests } from "../app/queries.ts";
import { Link, navigate } from "../app/router.tsx";
import { Row, Rows, Small } from "../app/rows.tsx";
import { Asked, Empty } from "../app/states.tsx";
import { Whens } from "../app/when.tsx";
import css from "./inbox.module.css";
import { isApprover, mayApprove } from "./may.ts";

const shownDecided = 20;

/** What waits for a decision: one card, one decision; the soonest start first. */
export function Inbox({ me }: { me: Me }) {
  const { t } = useText();
  const requests = useRequests();
  const decides = isApprover(me) || requests.data?.requests.some((request) => mayApprove(me, request)) === true;
  return (
    <Stack gap="xl">
      <PageTitle title={t("inbox.title")}>{t(decides ? "inbox.lead" : "inbox.leadReader")}</PageTitle>
      <Asked query={requests}>{(value) => <Lists requests={value.requests} me={me} />}</Asked>
    </Stack>
  );
}

function Lists({ requests, me }: { requests: RequestView[]; me: Me }) {
  const { t } = useText();
  const pending = requests
    .filter((request) => request.state === "pending")
    .toSorted((a, b) => spanOf(a.windows).start.localeCompare(spanOf(b.windows).start));
  const decided = requests.filter((request) => request.state !== "pending");
  return (
    <>
      <div aria-live="polite" className={css.list}>
        {pending.length === 0 && <Empty title={t("inbox.none")}>{t("inbox.noneHelp")}</Empty>}
        {pending.map((request) => (
          <Pending key={request.id} request={request} me={me} />
        ))}
      </div>
      {decided.length > 0 && (
        <Section title={t("inbox.decided")}>
          <Rows>
            {newest(decided, ({ decidedAt, createdAt }) => decidedAt ?? createdAt, shownDecided).map((request) => (
              <Row key={request.id} aside={<RequestBadge state={request.state} />}>
                <Link href={`/requests/${request.id}`}>
                  <Names of={[request.person.name, request.device.name]} />
                </Link>
                <Small>
                  <Whens windows={request.windows} siteZone={request.siteZone} />
                </Small>
              </Row>
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}

function Pending({ request, me }: { request: RequestView; me: Me }) {
  const { t } = useText();
  const decides = mayApprove(me, request);
  return (
    <Card edge="wait" label={`${request.person.name} · ${request.device.name}`}>
      <div className={css.card}>
        <div className={css.what}>
          <p className={css.who}>
            <Name>{request.person.name}</Name>{" "}
            <small>
              <Name>{request.vendor.name}</Name>
            </small>
          </p>
          <p className={css.device}>
            <Name>{request.device.name}</Name>
          </p>
          <p className={css.small}>
            <Names of={request.services.map((service) => service.name)} between={t("shell.comma")} />
          </p>
          <Whens windows={request.windows} siteZone={request.siteZone} length />
          <p className={css.reason}>
            <Name long>{request.reason}</Name>
          </p>
          <ApprovalCount approval={request.approval} />
        </div>
        <Button
          className={css.button ?? ""}
          component="a"
          href={`/requests/${request.id}`}
          variant={decides ? "filled" : "default"}
          onClick={(event) => {
            event.preventDefault();
            navigate(`/requests/${request.id}`);
          }}
        >
          {t(decides ? "inbox.decide" : "inbox.read")}
        </Button>
      </div>
    </Card>
  );
}
