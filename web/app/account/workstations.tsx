import { Button } from "@mantine/core";
import { useState } from "react";
import type { OwnAccount, OwnWorkstation } from "../../../protocol/api/own-account.ts";
import { Section } from "../card.tsx";
import { useText } from "../language.ts";
import { Name } from "../name.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import { Row, Rows } from "../rows.tsx";
import { StateBadge } from "../state-badge.tsx";
import { Empty } from "../states.tsx";
import { WorkstationFacts } from "../workstation-facts.tsx";
import css from "./acts.module.css";
import { NameForm } from "./name-form.tsx";
import { useOwn } from "./own.ts";

/** Computers that ask and connect for this person, by their keys. */
export function Workstations({ account }: { account: OwnAccount }) {
  const { t } = useText();
  return (
    <Section title={t("account.workstations")}>
      <p>{t("account.workstationsHelp")}</p>
      {account.workstations.length === 0 && <Empty title={t("account.noWorkstations")} />}
      <Rows>
        {account.workstations.map((one) => (
          <WorkstationRow key={one.id} workstation={one} />
        ))}
      </Rows>
    </Section>
  );
}

function WorkstationRow({ workstation }: { workstation: OwnWorkstation }) {
  const { t } = useText();
  const own = useOwn();
  const [asking, setAsking] = useState<"name" | "remove" | null>(null);
  const close = () => setAsking(null);
  return (
    <Row aside={null}>
      <b>
        <Name>{workstation.label}</Name>
      </b>{" "}
      {workstation.here && <StateBadge tone="open">{t("account.here")}</StateBadge>}
      <WorkstationFacts workstation={workstation} />
      <div className={css.acts}>
        <Button size="compact-md" variant="default" onClick={() => setAsking("name")}>
          {t("account.rename")}
        </Button>
        <Button size="compact-md" variant="default" onClick={() => setAsking("remove")}>
          {t("account.remove")}
        </Button>
      </div>
      {asking === "name" && (
        <NameForm close={close} path={`workstations/${workstation.id}`} label={workstation.label} />
      )}
      <ReasonDialog
        opened={asking === "remove"}
        close={close}
        title={t("account.removeWorkstation")}
        about={workstation.id}
        confirm={t("account.removeNow")}
        done={t("account.removed")}
        danger
        reason="none"
        act={() => own(`workstations/${workstation.id}/removal`)}
      >
        {t(workstation.here ? "account.removeHereAsk" : "account.removeWorkstationAsk", { name: workstation.label })}
      </ReasonDialog>
    </Row>
  );
}
