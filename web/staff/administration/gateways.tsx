import { Button, NumberInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { GatewayView } from "../../../protocol/api/gateway.ts";
import type { Me } from "../../../protocol/api/me.ts";
import { limits } from "../../../protocol/limits.ts";
import { Card, Facts } from "../../app/card.tsx";
import { CopyLine } from "../../app/copy-line.tsx";
import { useFields } from "../../app/fields.ts";
import { fingerprint } from "../../app/fingerprint.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useGateways } from "../../app/queries.ts";
import css from "../../app/record.module.css";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import { runsInstallation } from "../may.ts";
import { Area } from "./area.tsx";
import { OnOff } from "./on-off.tsx";

/** What carries sessions. They are the installation's: who administers one site reads them only. */
export function GatewaysPage({ me }: { me: Me }) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  const mine = runsInstallation(me);
  return (
    <Area name="gateways" aside={mine && <Button onClick={() => setAdding(true)}>{t("gateway.add")}</Button>}>
      {!mine && <p>{t("gateway.onlyInstallation")}</p>}
      <Asked query={useGateways()}>
        {({ gateways }) => (
          <>
            {gateways.length === 0 && <Empty title={t("gateway.none")}>{t("gateway.noneHelp")}</Empty>}
            {gateways.map((gateway) => (
              <GatewayCard key={gateway.id} gateway={gateway} mine={mine} />
            ))}
          </>
        )}
      </Asked>
      {adding && <GatewayForm gateway={null} close={() => setAdding(false)} />}
    </Area>
  );
}

function GatewayCard({ gateway, mine }: { gateway: GatewayView; mine: boolean }) {
  const { t } = useText();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const turn = async (verb: string) => {
    await send(`/api/gateways/${gateway.id}/${verb}`);
    await client.invalidateQueries({ queryKey: ["agents"] });
  };
  const tone = gateway.active ? (gateway.connected ? "open" : "stop") : "calm";
  return (
    <Card edge={tone === "calm" ? "none" : tone} label={gateway.name}>
      <div className={css.head}>
        <h2>
          <Name>{gateway.name}</Name>
        </h2>
        <StateBadge tone={tone}>
          {t(gateway.active ? (gateway.connected ? "agent.connected" : "agent.away") : "record.disabled")}
        </StateBadge>
      </div>
      <Facts
        rows={[
          [t("gateway.address"), `${gateway.host}:${gateway.port}`],
          [
            t("gateway.key"),
            <CopyLine key="key" text={fingerprint(gateway.key)} of={t("gateway.keyOf", { name: gateway.name })} />,
          ],
        ]}
      />
      {mine && (
        <div className={css.foot}>
          <OnOff
            active={gateway.active}
            about={gateway.id}
            ask={t(gateway.active ? "gateway.disableAsk" : "gateway.enableAsk", { name: gateway.name })}
            act={turn}
          />
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("record.edit")}
          </Button>
        </div>
      )}
      {editing && <GatewayForm gateway={gateway} close={() => setEditing(false)} />}
    </Card>
  );
}

function GatewayForm({ gateway, close }: { gateway: GatewayView | null; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, type, text } = useFields({
    name: gateway?.name ?? "",
    host: gateway?.host ?? "",
    port: gateway?.port ?? 443,
    key: gateway ? fingerprint(gateway.key) : "",
  });
  const save = async () => {
    const said = { ...typed, name: typed.name.trim(), key: typed.key.trim().replace(/^SHA256:/, "") };
    await send(gateway ? `/api/gateways/${gateway.id}` : "/api/gateways", said);
    await client.invalidateQueries({ queryKey: ["agents"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(gateway ? "gateway.editTitle" : "gateway.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      <TextInput label={t("gateway.name")} required maxLength={limits.nameCharacters} {...text("name")} />
      <TextInput
        label={t("gateway.host")}
        required
        value={typed.host}
        onChange={(event) => type({ host: event.currentTarget.value.trim().toLowerCase() })}
      />
      <NumberInput
        label={t("gateway.port")}
        required
        min={1}
        max={65_535}
        hideControls
        value={typed.port}
        onChange={(value) => type({ port: Number(value) })}
      />
      <TextInput
        label={t("gateway.key")}
        description={t("gateway.keyHelp")}
        required
        pattern="(SHA256:)?[A-Za-z0-9_\-]{43}"
        {...text("key")}
      />
    </FormDialog>
  );
}
