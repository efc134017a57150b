import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Me } from "../../../protocol/api/me.ts";
import type { SiteSaid, SiteView } from "../../../protocol/api/site.ts";
import { limits } from "../../../protocol/limits.ts";
import { Card, Facts } from "../../app/card.tsx";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useSites } from "../../app/queries.ts";
import { ReasonDialog } from "../../app/reason-dialog.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import { runsInstallation } from "../may.ts";
import { Area } from "./area.tsx";
import css from "./record.module.css";

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
      <SiteForm opened={adding} close={() => setAdding(false)} site={null} />
    </Area>
  );
}

function SiteCard({ site }: { site: SiteView }) {
  const { t } = useText();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);
  const turn = async () => {
    await send(`/api/sites/${site.id}/${site.active ? "disable" : "enable"}`);
    await client.invalidateQueries({ queryKey: ["sites"] });
  };
  const words = site.active ? "record.disable" : "record.enable";
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
        <Button variant="default" onClick={() => setAsking(true)}>
          {t(words)}
        </Button>
        <Button variant="default" onClick={() => setEditing(true)}>
          {t("record.edit")}
        </Button>
      </div>
      <SiteForm opened={editing} close={() => setEditing(false)} site={site} />
      <ReasonDialog
        opened={asking}
        close={() => setAsking(false)}
        title={t(words)}
        about={site.id}
        confirm={t(words)}
        done={t("record.done")}
        danger={site.active}
        reason="none"
        act={turn}
      >
        {t(site.active ? "site.disableAsk" : "site.enableAsk", { name: site.name })}
      </ReasonDialog>
    </Card>
  );
}

/** A new site, or another word on one. */
function SiteForm({ opened, close, site }: { opened: boolean; close: () => void; site: SiteView | null }) {
  const { t } = useText();
  const client = useQueryClient();
  const before = { name: site?.name ?? "", zone: site?.zone ?? ownZone(), contact: site?.contact ?? "" };
  const [typed, setTyped] = useState(before);
  const type = (part: Partial<typeof before>) => setTyped({ ...typed, ...part });
  const save = async () => {
    const body = { ...typed, contact: typed.contact.trim() || null } satisfies SiteSaid;
    await send(site ? `/api/sites/${site.id}` : "/api/sites", body);
    await client.invalidateQueries({ queryKey: ["sites"] });
  };
  return (
    <FormDialog
      opened={opened}
      close={() => {
        setTyped(before);
        close();
      }}
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
        value={typed.name}
        onChange={(event) => type({ name: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("site.zone")}
        description={t("site.zoneHelp")}
        value={typed.zone}
        data={zones(typed.zone)}
        onChange={(event) => type({ zone: event.currentTarget.value })}
      />
      <TextInput
        label={t("site.contact")}
        description={t("site.contactHelp")}
        maxLength={limits.nameCharacters}
        value={typed.contact}
        onChange={(event) => type({ contact: event.currentTarget.value })}
      />
    </FormDialog>
  );
}

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Every zone that this browser knows, and the one that is set, whatever it is called here. */
const zones = (set: string) => [...new Set([set, ...Intl.supportedValuesOf("timeZone")])].toSorted();
