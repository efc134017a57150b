import { Button, NumberInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../../protocol/api/me.ts";
import type { RetentionSaid, RetentionView } from "../../../protocol/api/retention.ts";
import { limits } from "../../../protocol/limits.ts";
import { Card, Facts } from "../../app/card.tsx";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useRetention } from "../../app/queries.ts";
import css from "../../app/record.module.css";
import { Asked, Empty } from "../../app/states.tsx";
import { mayAdministerAt } from "../may.ts";
import { Area } from "./area.tsx";

/** How long each hospital keeps what was recorded, and what its log says. */
export function RetentionPage({ me }: { me: Me }) {
  const { t } = useText();
  return (
    <Area name="retention">
      <Asked query={useRetention()}>
        {({ sites }) =>
          sites.length === 0 ? (
            <Empty title={t("site.none")}>{t("site.noneHelp")}</Empty>
          ) : (
            sites.map((said) => <RetentionCard key={said.site.id} said={said} me={me} />)
          )
        }
      </Asked>
    </Area>
  );
}

function RetentionCard({ said, me }: { said: RetentionView; me: Me }) {
  const { t } = useText();
  const [editing, setEditing] = useState(false);
  const words = (days: number | null) => (days === null ? t("retention.forGood") : t("retention.days", { days }));
  return (
    <Card label={said.site.name}>
      <div className={css.head}>
        <h2>
          <Name>{said.site.name}</Name>
        </h2>
      </div>
      <Facts
        rows={[
          [t("retention.recordings"), words(said.recordingDays)],
          [t("retention.log"), words(said.logDays)],
        ]}
      />
      {mayAdministerAt(me, said) && (
        <div className={css.foot}>
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("record.edit")}
          </Button>
        </div>
      )}
      {editing && <RetentionForm said={said} close={() => setEditing(false)} />}
    </Card>
  );
}

function RetentionForm({ said, close }: { said: RetentionView; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, type } = useFields({ recordingDays: said.recordingDays, logDays: said.logDays });
  const save = async () => {
    await send("/api/retention", { site: said.site.id, ...typed } satisfies RetentionSaid);
    await client.invalidateQueries({ queryKey: ["sites"] });
  };
  const days = (name: keyof typeof typed, least: number) => ({
    description: t("retention.least", { days: least }),
    min: least,
    max: limits.retentionDaysMost,
    allowDecimal: false,
    hideControls: true,
    value: typed[name] ?? "",
    onChange: (value: number | string) => type({ [name]: value === "" ? null : Number(value) }),
  });
  return (
    <FormDialog
      close={close}
      title={t("retention.editTitle", { site: said.site.name })}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      <p>{t("retention.help")}</p>
      <NumberInput label={t("retention.recordings")} {...days("recordingDays", limits.recordingDaysLeast)} />
      <NumberInput label={t("retention.log")} {...days("logDays", limits.logDaysLeast)} />
    </FormDialog>
  );
}
