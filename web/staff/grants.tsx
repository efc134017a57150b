import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Me } from "../../protocol/api/me.ts";
import { spanOf } from "../../protocol/window-at.ts";
import { GrantBadge } from "../app/badges.tsx";
import { Card, Facts, Section } from "../app/card.tsx";
import { useNow } from "../app/clock.ts";
import { grantStateAt } from "../app/grant-state.ts";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Name, Names } from "../app/name.tsx";
import { newest } from "../app/newest.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useGrants } from "../app/queries.ts";
import { ReasonDialog } from "../app/reason-dialog.tsx";
import { Link } from "../app/router.tsx";
import { Row, Rows, Small } from "../app/rows.tsx";
import { ServiceList } from "../app/service-list.tsx";
import { Asked, Empty } from "../app/states.tsx";
import { Whens } from "../app/when.tsx";
import css from "./grants.module.css";
import { mayRevoke } from "./may.ts";

const shownPast = 50;

/** Every approved window, who said yes, and a way to take it back. */
export function GrantsPage({ me }: { me: Me }) {
  const { t } = useText();
  return (
    <Stack gap="xl">
      <PageTitle title={t("grant.pageTitle")}>{t("grant.pageLead")}</PageTitle>
      <Asked query={useGrants()}>{(value) => <Lists grants={value.grants} me={me} />}</Asked>
    </Stack>
  );
}

function Lists({ grants, me }: { grants: GrantView[]; me: Me }) {
  const { t } = useText();
  const nowMs = useNow(10_000);
  const current = grants
    .filter((grant) => ["open", "scheduled"].includes(grantStateAt(grant, nowMs)))
    .toSorted((a, b) => spanOf(a.windows).start.localeCompare(spanOf(b.windows).start));
  const past = grants.filter((grant) => !current.includes(grant));
  return (
    <>
      <Section title={t("grant.current")}>
        {current.length === 0 && <Empty title={t("grant.none")}>{t("grant.noneHelp")}</Empty>}
        {current.map((grant) => (
          <GrantCard key={grant.id} grant={grant} state={grantStateAt(grant, nowMs)} revocable={mayRevoke(me, grant)} />
        ))}
      </Section>
      {past.length > 0 && (
        <Section title={t("grant.past")}>
          <Rows>
            {newest(past, ({ windows }) => spanOf(windows).end, shownPast).map((grant) => (
              <Row key={grant.id} aside={<GrantBadge state={grantStateAt(grant, nowMs)} />}>
                <Link href={`/requests/${grant.request}`}>
                  <Names of={[grant.person.name, grant.device.name]} />
                </Link>
                {grant.revokedBy && (
                  <div>{t("grant.revokedAs", { name: grant.revokedBy.name, reason: grant.revocation ?? "" })}</div>
                )}
                <Small>
                  <Whens windows={grant.windows} siteZone={grant.siteZone} />
                </Small>
              </Row>
            ))}
          </Rows>
        </Section>
      )}
    </>
  );
}

function GrantCard(props: { grant: GrantView; state: GrantView["state"]; revocable: boolean }) {
  const { t } = useText();
  const client = useQueryClient();
  const { grant, state } = props;
  const [asking, setAsking] = useState(false);
  const revoke = async (reason: string | null) => {
    await send(`/api/grants/${grant.id}/revocation`, { reason });
    await Promise.all(["grants", "sessions"].map((key) => client.invalidateQueries({ queryKey: [key] })));
  };
  const edge = state === "open" ? "open" : state === "scheduled" ? "ai" : "none";
  return (
    <Card edge={edge} label={`${grant.person.name} · ${grant.device.name}`}>
      <div className={css.head}>
        <h3>
          <Name>{grant.person.name}</Name>{" "}
          <small>
            <Name>{grant.vendor.name}</Name>
          </small>
        </h3>
        <GrantBadge state={state} />
      </div>
      <Facts
        rows={[
          [t("request.device"), <Name key="device">{grant.device.name}</Name>],
          [t("request.services"), <ServiceList key="services" services={grant.services} />],
          [t("request.window"), <Whens key="window" windows={grant.windows} siteZone={grant.siteZone} length />],
          [
            t("request.reason"),
            <Name key="reason" long>
              {grant.reason}
            </Name>,
          ],
          [
            t("grant.approvers"),
            <Names key="by" of={grant.approvers.map((person) => person.name)} between={t("shell.comma")} />,
          ],
        ]}
      />
      <div className={css.foot}>
        <Link href={`/requests/${grant.request}`}>{t("home.toRequest")}</Link>
        {props.revocable && (
          <Button color="shu" variant="outline" onClick={() => setAsking(true)}>
            {t("grant.revoke")}
          </Button>
        )}
      </div>
      <ReasonDialog
        opened={asking}
        close={() => setAsking(false)}
        title={t("grant.revokeTitle")}
        about={grant.id}
        confirm={t("grant.revokeNow")}
        done={t("grant.revoked")}
        danger
        reason="required"
        act={revoke}
      >
        {t("grant.revokeAsk", { person: grant.person.name, device: grant.device.name })}
      </ReasonDialog>
    </Card>
  );
}
