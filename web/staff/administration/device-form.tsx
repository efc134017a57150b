import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DeviceRecord } from "../../../protocol/api/device-record.ts";
import { limits } from "../../../protocol/limits.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { useAgents, useVendors } from "../../app/queries.ts";

/** A new device, or another word on one. Shown while it is open only. */
export function DeviceForm({ close, device }: { close: () => void; device: DeviceRecord | null }) {
  const { t } = useText();
  const client = useQueryClient();
  const agents = useAgents().data?.agents ?? [];
  const vendors = useVendors().data?.vendors ?? [];
  const [typed, setTyped] = useState({
    name: device?.name ?? "",
    model: device?.model ?? "",
    vendor: device?.vendor.id ?? "",
    agent: device?.agent.id ?? "",
    tags: device?.tags.join(", ") ?? "",
    location: device?.location ?? "",
    owner: device?.owner ?? "",
    notes: device?.notes ?? "",
  });
  const type = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  const save = async () => {
    const tags = typed.tags.split(/[,、，]/).map((tag) => tag.trim());
    const told = (text: string) => text.trim() || null;
    await send(device ? `/api/devices/${device.id}` : "/api/devices", {
      name: typed.name.trim(),
      model: typed.model.trim(),
      vendor: typed.vendor,
      agent: typed.agent,
      tags: [...new Set(tags.filter((tag) => tag !== ""))],
      location: told(typed.location),
      owner: told(typed.owner),
      notes: told(typed.notes),
    });
    await client.invalidateQueries({ queryKey: ["devices"] });
  };
  const text = (part: "name" | "model" | "tags" | "location" | "owner", help?: string) => (
    <TextInput
      label={t(`devices.${part}`)}
      description={help}
      required={part === "name"}
      maxLength={part === "tags" ? undefined : limits.nameCharacters}
      value={typed[part]}
      onChange={(event) => type({ [part]: event.currentTarget.value })}
    />
  );
  return (
    <FormDialog
      opened
      close={close}
      title={t(device ? "devices.editTitle" : "devices.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      {text("name", t("devices.nameHelp"))}
      {text("model")}
      <NativeSelect
        label={t("devices.vendor")}
        required
        value={typed.vendor}
        data={[{ value: "", label: "—" }, ...vendors.map(({ id, name }) => ({ value: id, label: name }))]}
        onChange={(event) => type({ vendor: event.currentTarget.value })}
      />
      <NativeSelect
        label={t("devices.agent")}
        description={t("devices.agentHelp")}
        required
        value={typed.agent}
        data={[
          { value: "", label: "—" },
          ...agents.map(({ id, name, site }) => ({ value: id, label: `${name} (${site.name})` })),
        ]}
        onChange={(event) => type({ agent: event.currentTarget.value })}
      />
      {text("tags", t("devices.tagsHelp"))}
      {text("location")}
      {text("owner")}
      <Textarea
        label={t("devices.notes")}
        maxLength={limits.planCharacters}
        autosize
        minRows={2}
        value={typed.notes}
        onChange={(event) => type({ notes: event.currentTarget.value })}
      />
    </FormDialog>
  );
}
