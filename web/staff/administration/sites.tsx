import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../../protocol/api/me.ts";
import type { SiteSaid, SiteView } from "../../../protocol/api/site.ts";
import { limits } from "../../../protocol/limits.ts";
import { Card, Facts } from "../../app/card.tsx";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useSites } from "../../app/queries.ts";
import css from "../../app/record.module.css";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import { runsInstallation } from "../may.ts";
import { Area } from "./area.tsx";
import { OnOff } from "./on-off.tsx";

/** The hospitals of this installation. */
export function SitesPage({ me }: { me: Me }) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  return (
    <Area name="sites" aside={runsInstallation(me) && <Button onClick={() => setAdding(true)}>{t("site.add")}</Button>}>
      <Asked query={useSites()}>
        {({ sites }) => (
          <>
            {sites.length === 0 && <Empty title={t("site.none")}>{t("site.noneHelp")}</Empty>}
            {sites.map((site) => (
              <SiteCard key={site.id} site={site} />
            ))}
          </>
        )}
      </Asked>
      {adding && <SiteForm close={() => setAdding(false)} site={null} />}
    </Area>
  );
}

function SiteCard({ site }: { site: SiteView }) {
  const { t } = useText();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const turn = async (verb: string) => {
    await send(`/api/sites/${site.id}/${verb}`);
    await client.invalidateQueries({ queryKey: ["sites"] });
  };
  return (
    <Card edge={site.active ? "open" : "none"} label={site.name}>
      <div className={css.head}>
        <h2>
          <Name>{site.name}</Name>
        </h2>
        <StateBadge tone={site.active ? "open" : "calm"}>
          {t(site.active ? "record.active" : "record.disabled")}
        </StateBadge>
      </div>
      <Facts
        rows={[
          [t("site.zone"), site.zone],
          [
            t("site.contact"),
            site.contact === null ? t("site.contactMissing") : <Name key="contact">{site.contact}</Name>,
          ],
        ]}
      />
      <div className={css.foot}>
        <OnOff
          active={site.active}
          about={site.id}
          ask={t(site.active ? "site.disableAsk" : "site.enableAsk", { name: site.name })}
          act={turn}
        />
        <Button variant="default" onClick={() => setEditing(true)}>
          {t("record.edit")}
        </Button>
      </div>
      {editing && <SiteForm close={() => setEditing(false)} site={site} />}
    </Card>
  );
}

/** A new site, or another word on one. */
function SiteForm({ close, site }: { close: () => void; site: SiteView | null }) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, text } = useFields({
    name: site?.name ?? "",
    zone: site?.zone ?? ownZone(),
    contact: site?.contact ?? "",
  });
  const save = async () => {
    const body = { ...typed, contact: typed.contact.trim() || null } satisfies SiteSaid;
    await send(site ? `/api/sites/${site.id}` : "/api/sites", body);
    await client.invalidateQueries({ queryKey: ["sites"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(site ? "site.editTitle" : "site.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      <TextInput
        label={t("site.name")}
        description={t("site.nameHelp")}
        required
        maxLength={limits.nameCharacters}
        {...text("name")}
      />
      <NativeSelect
        label={t("site.zone")}
        description={t("site.zoneHelp")}
        data={zones(typed.zone)}
        {...text("zone")}
      />
      <TextInput
        label={t("site.contact")}
        description={t("site.contactHelp")}
        maxLength={limits.nameCharacters}
        {...text("contact")}
      />
    </FormDialog>
  );
}

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every zone that this browser knows, and the one that is set, whatever it is called here. */
const zones = (set: string) => [...new Set([set, ...Intl.supportedValuesOf("timeZone")])].toSorted();
