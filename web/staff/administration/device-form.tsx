import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { DeviceRecord } from "../../../protocol/api/device-record.ts";
import { limits } from "../../../protocol/limits.ts";
import { useFields } from "../../app/fields.ts";
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
  const { typed, text } = useFields({
    name: device?.name ?? "",
    model: device?.model ?? "",
    vendor: device?.vendor.id ?? "",
    agent: device?.agent.id ?? "",
    tags: device?.tags.join(", ") ?? "",
    location: device?.location ?? "",
    owner: device?.owner ?? "",
    notes: device?.notes ?? "",
  });
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
  const field = (part: "name" | "model" | "tags" | "location" | "owner", help?: string) => (
    <TextInput
      label={t(`devices.${part}`)}
      description={help}
      required={part === "name"}
      maxLength={part === "tags" ? undefined : limits.nameCharacters}
      {...text(part)}
    />
  );
  return (
    <FormDialog
      close={close}
      title={t(device ? "devices.editTitle" : "devices.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      {field("name", t("devices.nameHelp"))}
      {field("model")}
      <NativeSelect
        label={t("devices.vendor")}
        required
        data={[{ value: "", label: "—" }, ...vendors.map(({ id, name }) => ({ value: id, label: name }))]}
        {...text("vendor")}
      />
      <NativeSelect
        label={t("devices.agent")}
        description={t("devices.agentHelp")}
        required
        data={[
          { value: "", label: "—" },
          ...agents.map(({ id, name, site }) => ({ value: id, label: `${name} (${site.name})` })),
        ]}
        {...text("agent")}
      />
      {field("tags", t("devices.tagsHelp"))}
      {field("location")}
      {field("owner")}
      <Textarea label={t("devices.notes")} maxLength={limits.planCharacters} autosize minRows={2} {...text("notes")} />
    </FormDialog>
  );
}
