import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { LockView } from "../../protocol/api/lock.ts";
import type { Me } from "../../protocol/api/me.ts";
import { Card, Facts, Section } from "../app/card.tsx";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { PageTitle } from "../app/page-title.tsx";
import { useLocks } from "../app/queries.ts";
import { ReasonDialog } from "../app/reason-dialog.tsx";
import { StateBadge } from "../app/state-badge.tsx";
import { Asked, Empty } from "../app/states.tsx";
import { Instant } from "../app/when.tsx";
import css from "./grants.module.css";
import { LockForm } from "./lock-form.tsx";
import { lockSites, mayLift } from "./may.ts";

/** Locks in force, a new one, and those that were lifted. */
export function LocksPage({ me }: { me: Me }) {
  const { t } = useText();
  return (
    <Stack gap="xl">
      <PageTitle title={t("lock.pageTitle")}>{t("lock.pageLead")}</PageTitle>
      <Asked query={useLocks()}>{(value) => <Lists locks={value.locks} me={me} />}</Asked>
    </Stack>
  );
}

function Lists({ locks, me }: { locks: LockView[]; me: Me }) {
  const { t } = useText();
  const inForce = locks.filter((lock) => lock.liftedAt === null);
  const lifted = locks.filter((lock) => lock.liftedAt !== null);
  return (
    <>
      <Section title={t("lock.inForce")}>
        {inForce.length === 0 && <Empty title={t("lock.none")}>{t("lock.noneHelp")}</Empty>}
        {inForce.map((lock) => (
          <LockCard key={lock.id} lock={lock} liftable={mayLift(me, lock)} />
        ))}
      </Section>
      {lockSites(me).length > 0 && (
        <Section title={t("lock.new")}>
          <LockForm sites={lockSites(me)} />
        </Section>
      )}
      {lifted.length > 0 && (
        <Section title={t("lock.lifted")}>
          {lifted.map((lock) => (
            <LockCard key={lock.id} lock={lock} liftable={false} />
          ))}
        </Section>
      )}
    </>
  );
}

function LockCard({ lock, liftable }: { lock: LockView; liftable: boolean }) {
  const { t } = useText();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const lift = async (reason: string | null) => {
    await send(`/api/locks/${lock.id}/lift`, { reason });
    await client.invalidateQueries({ queryKey: ["locks"] });
  };
  const name = lock.name ?? lock.target;
  const title = name === null ? t(`lockKind.${lock.kind}`) : `${t(`lockKind.${lock.kind}`)}: ${name}`;
  const inForce = lock.liftedAt === null;
  return (
    <Card edge={inForce ? "stop" : "none"} label={title}>
      <div className={css.head}>
        <h3>
          {name === null ? (
            title
          ) : (
            <>
              {t(`lockKind.${lock.kind}`)}: <Name>{name}</Name>
            </>
          )}
        </h3>
        <StateBadge tone={inForce ? "stop" : "calm"}>{t(inForce ? "lock.locked" : "lock.open")}</StateBadge>
      </div>
      <Facts
        rows={[
          [
            t("request.reason"),
            <Name key="reason" long>
              {lock.reason}
            </Name>,
          ],
          lock.site && [t("lock.site"), <Name key="site">{lock.site.name}</Name>],
          [
            t("lock.by"),
            <>
              <Name>{lock.createdBy.name}</Name> · <Instant at={lock.createdAt} detail="year" />
            </>,
          ],
          lock.liftedAt
            ? [
                t("lock.liftedBy"),
                <>
                  <Name>{lock.liftedBy?.name ?? t("lock.liftedOnHost")}</Name> ·{" "}
                  <Instant at={lock.liftedAt} detail="year" />
                </>,
              ]
            : null,
        ]}
      />
      {inForce && liftable && (
        <div className={css.foot}>
          <span />
          <Button variant="default" onClick={() => setAsking(true)}>
            {t("lock.lift")}
          </Button>
        </div>
      )}
      <ReasonDialog
        opened={asking}
        close={() => setAsking(false)}
        title={t("lock.liftTitle")}
        about={lock.id}
        confirm={t("lock.liftNow")}
        done={t("lock.liftDone")}
        reason="required"
        act={lift}
      >
        {t("lock.liftAsk", { what: title })}
      </ReasonDialog>
    </Card>
  );
}
