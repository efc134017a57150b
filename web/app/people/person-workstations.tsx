import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountView } from "../../../protocol/api/account.ts";
import type { WorkstationView } from "../../../protocol/api/workstation.ts";
import { send } from "../http.ts";
import { useText } from "../language.ts";
import { Name } from "../name.tsx";
import { useWorkstations } from "../queries.ts";
import { ReasonDialog } from "../reason-dialog.tsx";
import { Row, Rows, Small } from "../rows.tsx";
import { WorkstationFacts } from "../workstation-facts.tsx";

interface Props {
  person: AccountView;
  /** Whether whoever looks is somebody else: one's own are on the page of one's account. */
  other: boolean;
}

/** Computers of one person, for whoever administers them: a lost one is taken away here. */
export function PersonWorkstations({ person, other }: Props) {
  const { t } = useText();
  const { data } = useWorkstations();
  const own = (data?.workstations ?? []).filter((one) => one.person.id === person.id);
  if (own.length === 0) return null;
  return (
    <section aria-label={t("person.workstationsOf", { name: person.name })}>
      <h3>{t("account.workstations")}</h3>
      <Rows>
        {own.map((one) => (
          <Workstation key={one.id} workstation={one} removable={other && !one.locked} />
        ))}
      </Rows>
    </section>
  );
}

function Workstation({ workstation, removable }: { workstation: WorkstationView; removable: boolean }) {
  const { t } = useText();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const { id, label, person, locked } = workstation;
  return (
    <Row
      aside={
        removable ? (
          <Button
            size="compact-md"
            variant="default"
            aria-label={t("person.removeWorkstationOf", { label })}
            onClick={() => setAsking(true)}
          >
            {t("account.remove")}
          </Button>
        ) : null
      }
    >
      <b>
        <Name>{label}</Name>
      </b>
      <WorkstationFacts workstation={workstation} />
      {locked && <Small>{t("person.workstationLocked")}</Small>}
      <ReasonDialog
        opened={asking}
        close={() => setAsking(false)}
        title={t("account.removeWorkstation")}
        about={id}
        confirm={t("account.removeNow")}
        done={t("account.removed")}
        danger
        reason="required"
        act={async (reason) => {
          await send(`/api/workstations/${id}/removal`, { reason });
          await client.invalidateQueries({ queryKey: ["workstations"] });
        }}
      >
        {t("person.removeWorkstationAsk", { label, name: person.name })}
      </ReasonDialog>
    </Row>
  );
}
