import { Alert, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { OffboardingCounts } from "../../../protocol/api/offboarding.ts";
import type { VendorFile } from "../../../protocol/api/vendor.ts";
import { limits } from "../../../protocol/limits.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { ask, send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { toLocalInput } from "../../app/time.ts";

const monthMs = 30 * 86_400_000;

interface OffboardingProps {
  opened: boolean;
  close: () => void;
  vendor: VendorFile;
  /** Whether it can be ended everywhere. */
  everywhere: boolean;
}

/** Ends the work with a vendor, after saying what that cuts. */
export function OffboardingForm({ opened, close, vendor, everywhere }: OffboardingProps) {
  const { t } = useText();
  const client = useQueryClient();
  const before = {
    site: vendor.sites[0]?.id ?? "",
    reason: "",
    what: "",
    due: toLocalInput(Date.now() + monthMs).slice(0, 10),
  };
  const [typed, setTyped] = useState(before);
  const type = (part: Partial<typeof before>) => setTyped({ ...typed, ...part });
  const places = [
    ...vendor.sites.map(({ id, name }) => ({ value: id as string, label: name })),
    ...(everywhere ? [{ value: "", label: t("vendor.everywhere") }] : []),
  ];
  const counts = useQuery({
    queryKey: ["vendor-files", vendor.id, "offboarding", typed.site],
    queryFn: () =>
      ask<OffboardingCounts>(`/api/vendors/${vendor.id}/offboarding${typed.site ? `?site=${typed.site}` : ""}`),
    enabled: opened,
  });
  const save = async () => {
    await send(`/api/vendors/${vendor.id}/offboarding`, { ...typed, site: typed.site || null });
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <FormDialog
      opened={opened}
      close={() => {
        setTyped(before);
        close();
      }}
      title={t("vendor.offboardTitle", { name: vendor.name })}
      confirm={t("vendor.offboard")}
      done={t("vendor.offboarded")}
      danger
      act={save}
    >
      <NativeSelect
        label={t("vendor.offboardWhere")}
        value={typed.site}
        data={places}
        onChange={(event) => type({ site: event.currentTarget.value })}
      />
      <Alert color="shu" title={t("vendor.offboardEnds")}>
        {counts.data ? t("vendor.offboardCounts", { ...counts.data }) : t("vendor.counting")}
        {typed.site === "" && <p>{t("vendor.offboardPeople")}</p>}
      </Alert>
      <Textarea
        label={t("shell.reason")}
        description={t("shell.reasonKept")}
        required
        maxLength={limits.reasonCharacters}
        autosize
        minRows={2}
        value={typed.reason}
        onChange={(event) => type({ reason: event.currentTarget.value })}
      />
      <Textarea
        label={t("vendor.erase")}
        description={t("vendor.eraseHelp")}
        required
        maxLength={limits.reasonCharacters}
        autosize
        minRows={2}
        value={typed.what}
        onChange={(event) => type({ what: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t("vendor.eraseDue")}
        required
        value={typed.due}
        onChange={(event) => type({ due: event.currentTarget.value })}
      />
    </FormDialog>
  );
}
