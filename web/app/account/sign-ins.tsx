import { Button } from "@mantine/core";
import { useState } from "react";
import type { OwnAccount } from "../../../protocol/api/own-account.ts";
import { Section } from "../card.tsx";
import { useText } from "../language.ts";
import { Name } from "../name.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import { Row, Rows, Small } from "../rows.tsx";
import { StateBadge } from "../state-badge.tsx";
import { Instant } from "../when.tsx";
import { useOwn } from "./own.ts";

/** Wherever this person is signed in now, in browsers and terminals; each is ended from here. */
export function SignIns({ account }: { account: OwnAccount }) {
  const { t } = useText();
  const own = useOwn();
  const [ending, setEnding] = useState<string | null>(null);
  const others = account.signIns.some(({ here }) => !here);
  return (
    <Section
      title={t("account.signIns")}
      aside={
        others && (
          <Button variant="default" onClick={() => setEnding("others")}>
            {t("account.endOthers")}
          </Button>
        )
      }
    >
      <p>{t("account.signInsHelp")}</p>
      <Rows>
        {account.signIns.map(({ id, kind, workstation, network, since, lastUsedAt, here }) => (
          <Row
            key={id}
            aside={
              here ? (
                <StateBadge tone="open">{t("account.here")}</StateBadge>
              ) : (
                <Button size="compact-md" variant="default" onClick={() => setEnding(id)}>
                  {t("account.endOne")}
                </Button>
              )
            }
          >
            <b>{t(`account.kind.${kind}`)}</b> {workstation !== null && <Name>{workstation}</Name>}
            <Small>
              {t("account.from")} {network ?? t("shell.unknown")}
            </Small>
            <Small>
              {t("account.since")} <Instant at={since} /> · {t("account.lastUsed")} <Instant at={lastUsedAt} />
            </Small>
          </Row>
        ))}
      </Rows>
      <ReasonDialog
        opened={ending !== null}
        close={() => setEnding(null)}
        title={t(ending === "others" ? "account.endOthers" : "account.endOne")}
        about={ending ?? ""}
        confirm={t("account.endNow")}
        done={t("account.endedSignIn")}
        danger
        reason="none"
        act={() => own(ending === "others" ? "other-sign-ins/end" : `sign-ins/${ending}/end`)}
      >
        {t("account.endAsk")}
      </ReasonDialog>
    </Section>
  );
}
