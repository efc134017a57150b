import { Button, Group, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeviceRecord } from "../../../protocol/api/device-record.ts";
import { Card, Facts } from "../../app/card.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useDeviceRecords } from "../../app/queries.ts";
import css from "../../app/record.module.css";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import { Instant } from "../../app/when.tsx";
import { Area } from "./area.tsx";
import { Contracts } from "./contracts.tsx";
import { DeviceForm } from "./device-form.tsx";
import { OnOff } from "./on-off.tsx";
import { Ports } from "./ports.tsx";
import { SheetButtons } from "./sheet-import.tsx";

/** Devices with their services and contracts. */
export function DevicesPage() {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  const [wanted, setWanted] = useState("");
  return (
    <Area
      name="devices"
      aside={
        <Group gap="xs">
          <SheetButtons kind="device" />
          <Button onClick={() => setAdding(true)}>{t("devices.add")}</Button>
        </Group>
      }
    >
      <Asked query={useDeviceRecords()}>
        {({ devices }) => (
          <>
            {devices.length === 0 && <Empty title={t("devices.none")}>{t("devices.noneHelp")}</Empty>}
            {devices.length > 1 && (
              <TextInput
                label={t("devices.find")}
                description={t("devices.findHelp")}
                type="search"
                value={wanted}
                onChange={(event) => setWanted(event.currentTarget.value)}
              />
            )}
            {devices.length > 0 && !devices.some((one) => fits(one, wanted)) && (
              <Empty title={t("devices.noneFound")} />
            )}
            {devices
              .filter((one) => fits(one, wanted))
              .map((device) => (
                <DeviceCard key={device.id} device={device} />
              ))}
          </>
        )}
      </Asked>
      {adding && <DeviceForm close={() => setAdding(false)} device={null} />}
    </Area>
  );
}

function DeviceCard({ device }: { device: DeviceRecord }) {
  const { t } = useText();
  const client = useQueryClient();
  const [editing, setEditing] = useState(false);
  const turn = async (verb: string) => {
    await send(`/api/devices/${device.id}/${verb}`);
    await client.invalidateQueries({ queryKey: ["devices"] });
  };
  const words = (text: string | null) => (text === null ? null : <Name long>{text}</Name>);
  return (
    <Card edge={device.active ? "open" : "none"} label={device.name}>
      <div className={css.head}>
        <h2>
          <Name>{device.name}</Name>
        </h2>
        <Group gap="xs">
          {device.tags.map((tag) => (
            <span key={tag}>#{tag}</span>
          ))}
          <StateBadge tone={device.active ? "open" : "calm"}>
            {t(device.active ? "record.active" : "record.disabled")}
          </StateBadge>
        </Group>
      </div>
      <Facts
        rows={[
          device.model === "" ? null : [t("devices.model"), words(device.model)],
          [t("devices.vendor"), words(device.vendor.name)],
          [
            t("devices.agent"),
            <span key="agent">
              <Name>{device.agent.name}</Name> ({device.site.name})
              {!device.agent.connected && ` — ${t("devices.agentAway")}`}
            </span>,
          ],
          device.location === null ? null : [t("devices.location"), words(device.location)],
          device.owner === null ? null : [t("devices.owner"), words(device.owner)],
          device.notes === null ? null : [t("devices.notes"), words(device.notes)],
          [
            t("devices.lastUsed"),
            device.lastUsedAt === null ? (
              t("shell.never")
            ) : (
              <Instant key="used" at={device.lastUsedAt} zone={device.zone} detail="year" />
            ),
          ],
        ]}
      />
      <Ports device={device} />
      <Contracts device={device} />
      <div className={css.foot}>
        <OnOff
          active={device.active}
          about={device.id}
          ask={t(device.active ? "devices.disableAsk" : "devices.enableAsk", { name: device.name })}
          act={turn}
        />
        <Button variant="default" onClick={() => setEditing(true)}>
          {t("record.edit")}
        </Button>
      </div>
      {editing && <DeviceForm close={() => setEditing(false)} device={device} />}
    </Card>
  );
}

/** Whether each word that is looked for stands somewhere on a device's card. */
function fits({ name, model, tags, location, vendor, agent }: DeviceRecord, wanted: string): boolean {
  const plain = (text: string) => text.normalize("NFKC").toLowerCase();
  const all = plain([name, model, ...tags, location ?? "", vendor.name, agent.name].join(" "));
  return plain(wanted)
    .split(/\s+/)
    .every((word) => all.includes(word));
}
