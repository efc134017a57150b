import { Alert, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { OffboardingCounts } from "../../../protocol/api/offboarding.ts";
import type { VendorFile } from "../../../protocol/api/vendor.ts";
import { limits } from "../../../protocol/limits.ts";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { ask, send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { toLocalInput } from "../../app/time.ts";

const monthMs = 30 * 86_400_000;

interface OffboardingProps {
  close: () => void;
  vendor: VendorFile;
  /** Whether it can be ended everywhere. */
  everywhere: boolean;
}

/** Ends the work with a vendor, after saying what that cuts. */
export function OffboardingForm({ close, vendor, everywhere }: OffboardingProps) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, text } = useFields({
    site: vendor.sites[0]?.id ?? "",
    reason: "",
    what: "",
    due: toLocalInput(Date.now() + monthMs).slice(0, 10),
  });
  const places = [
    ...vendor.sites.map(({ id, name }) => ({ value: id as string, label: name })),
    ...(everywhere ? [{ value: "", label: t("vendor.everywhere") }] : []),
  ];
  const counts = useQuery({
    queryKey: ["vendor-files", vendor.id, "offboarding", typed.site],
    queryFn: () =>
      ask<OffboardingCounts>(`/api/vendors/${vendor.id}/offboarding${typed.site ? `?site=${typed.site}` : ""}`),
  });
  const save = async () => {
    await send(`/api/vendors/${vendor.id}/offboarding`, { ...typed, site: typed.site || null });
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <FormDialog
      close={close}
      title={t("vendor.offboardTitle", { name: vendor.name })}
      confirm={t("vendor.offboard")}
      done={t("vendor.offboarded")}
      danger
      act={save}
    >
      <NativeSelect label={t("vendor.offboardWhere")} data={places} {...text("site")} />
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
        {...text("reason")}
      />
      <Textarea
        label={t("vendor.erase")}
        description={t("vendor.eraseHelp")}
        required
        maxLength={limits.reasonCharacters}
        autosize
        minRows={2}
        {...text("what")}
      />
      <TextInput type="date" label={t("vendor.eraseDue")} required {...text("due")} />
    </FormDialog>
  );
}
