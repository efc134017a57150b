import { NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { SiteView } from "../../../protocol/api/site.ts";
import type { VendorAdd, VendorFile, VendorSaid } from "../../../protocol/api/vendor.ts";
import { limits } from "../../../protocol/limits.ts";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";

interface VendorFormProps {
  close: () => void;
  /** Null for a new one. */
  vendor: VendorFile | null;
  /** Of a new one: for which it can work first. */
  sites: readonly SiteView[];
  /** Whether that may be none yet. */
  anywhere: boolean;
}

/** A new company, or another word on one. */
export function VendorForm({ close, vendor, sites, anywhere }: VendorFormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, type, text } = useFields({
    name: vendor?.name ?? "",
    contact: vendor?.contact ?? "",
    domains: vendor?.mailDomains.join(", ") ?? "",
    site: null as string | null,
  });
  const site = typed.site ?? (anywhere ? "" : (sites[0]?.id ?? ""));
  const save = async () => {
    const said: VendorSaid = {
      name: typed.name.trim(),
      contact: typed.contact.trim() || null,
      mailDomains: [
        ...new Set(
          typed.domains
            .toLowerCase()
            .split(/[\s,、]+/)
            .filter(Boolean),
        ),
      ],
    };
    const added: Omit<VendorAdd, "site"> & { site: string | null } = { ...said, site: site || null };
    await send(vendor ? `/api/vendors/${vendor.id}` : "/api/vendors", vendor ? said : added);
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(vendor ? "vendor.editTitle" : "vendor.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      <TextInput
        label={t("vendor.name")}
        description={t("vendor.nameHelp")}
        required
        maxLength={limits.nameCharacters}
        {...text("name")}
      />
      <TextInput
        label={t("vendor.contact")}
        description={t("vendor.contactHelp")}
        maxLength={limits.nameCharacters}
        {...text("contact")}
      />
      <TextInput label={t("vendor.domains")} description={t("vendor.domainsHelp")} {...text("domains")} />
      {!vendor && (
        <NativeSelect
          label={t("vendor.firstSite")}
          value={site}
          data={[
            ...(anywhere ? [{ value: "", label: t("vendor.noSite") }] : []),
            ...sites.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={(event) => type({ site: event.currentTarget.value })}
        />
      )}
    </FormDialog>
  );
}
