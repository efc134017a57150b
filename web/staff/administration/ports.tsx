import { Button, Checkbox, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeviceRecord } from "../../../protocol/api/device-record.ts";
import { limits } from "../../../protocol/limits.ts";
import { type ServiceProtocol, serviceProtocols, type TlsException, ways } from "../../../protocol/service.ts";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import css from "../../app/record.module.css";
import { TlsExceptions } from "../../app/tls-exceptions.tsx";
import { OnOff } from "./on-off.tsx";

type Port = DeviceRecord["services"][number];

/** A device's services, each a port of it. */
export function Ports({ device }: { device: DeviceRecord }) {
  const { t } = useText();
  const client = useQueryClient();
  const [open, setOpen] = useState<Port | "new" | null>(null);
  const turn = async (id: string, verb: string) => {
    await send(`/api/services/${id}/${verb}`);
    await client.invalidateQueries({ queryKey: ["devices"] });
  };
  return (
    <div>
      <div className={css.part}>
        <h3>{t("devices.services")}</h3>
        <Button variant="default" size="compact-sm" onClick={() => setOpen("new")}>
          {t("port.add")}
        </Button>
      </div>
      {device.services.length === 0 && <p>{t("port.none")}</p>}
      {device.services.map((port) => (
        <div key={port.id} className={css.row}>
          <span>
            <Name>{port.name}</Name>{" "}
            <code>
              {port.protocol} {port.address}:{port.port}
            </code>
            {!port.active && ` — ${t("record.disabled")}`}
            <TlsExceptions service={port} />
          </span>
          <span className={css.buttons}>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${t("record.edit")}: ${port.name}`}
              onClick={() => setOpen(port)}
            >
              {t("record.edit")}
            </Button>
            <OnOff
              active={port.active}
              about={port.id}
              of={port.name}
              ask={t(port.active ? "port.disableAsk" : "port.enableAsk", { name: port.name })}
              act={(verb) => turn(port.id, verb)}
            />
          </span>
        </div>
      ))}
      {open && <PortForm device={device} port={open === "new" ? null : open} close={() => setOpen(null)} />}
    </div>
  );
}

function PortForm({ device, port, close }: { device: DeviceRecord; port: Port | null; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, type, text } = useFields({
    name: port?.name ?? "",
    protocol: port?.protocol ?? "https",
    address: port?.address ?? "",
    port: port?.port ?? 443,
    tls: port?.tls ?? ([] as TlsException[]),
  });
  const forgive = (one: TlsException, yes: boolean) =>
    type({ tls: yes ? [...typed.tls, one] : typed.tls.filter((other) => other !== one) });
  const save = async () => {
    const { tls, ...rest } = typed;
    const said = { ...rest, ...(ways[typed.protocol].tls && tls.length > 0 ? { tls } : {}) };
    await send(port ? `/api/services/${port.id}` : "/api/services", port ? said : { device: device.id, ...said });
    await client.invalidateQueries({ queryKey: ["devices"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(port ? "port.editTitle" : "port.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      <TextInput label={t("port.name")} required maxLength={limits.nameCharacters} {...text("name")} />
      <NativeSelect
        label={t("port.protocol")}
        value={typed.protocol}
        data={[...serviceProtocols]}
        onChange={(event) => type({ protocol: event.currentTarget.value as ServiceProtocol })}
      />
      <TextInput
        label={t("port.address")}
        description={t("port.addressHelp")}
        required
        value={typed.address}
        onChange={(event) => type({ address: event.currentTarget.value.trim() })}
      />
      <NumberInput
        label={t("port.port")}
        required
        min={1}
        max={65_535}
        hideControls
        value={typed.port}
        onChange={(value) => type({ port: Number(value) })}
      />
      {ways[typed.protocol].tls && (
        <>
          <Checkbox
            label={t("port.selfSigned")}
            checked={typed.tls.includes("self-signed")}
            onChange={(event) => forgive("self-signed", event.currentTarget.checked)}
          />
          <Checkbox
            label={t("port.oldTls")}
            checked={typed.tls.includes("old-tls")}
            onChange={(event) => forgive("old-tls", event.currentTarget.checked)}
          />
        </>
      )}
    </FormDialog>
  );
}
