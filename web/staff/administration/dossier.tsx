import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { DossierView, VendorFile } from "../../../protocol/api/vendor.ts";
import { limits } from "../../../protocol/limits.ts";
import { type DossierKind, dossierKinds } from "../../../protocol/vendor.ts";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { Rows } from "../../app/simple-rows.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { toLocalInput } from "../../app/time.ts";
import { SiteChoice } from "./site-choice.tsx";

const soonMs = 60 * 86_400_000;
/** Of this computer's calendar, as a date input has it. */
const today = (ms = 0) => toLocalInput(Date.now() + ms).slice(0, 10);

/** The papers that the hospital keeps of a company, each with whether it still holds. */
export function Papers({ vendor }: { vendor: VendorFile }) {
  const { t } = useText();
  const [editing, setEditing] = useState<DossierView | null>(null);
  if (vendor.dossier.length === 0) return <p>{t("vendor.noPapers")}</p>;
  return (
    <>
      <Rows>
        {vendor.dossier.map((paper) => (
          <li key={paper.id}>
            <div>
              <strong>{t(`vendor.paper.${paper.kind}`)}</strong> <Name>{paper.number}</Name>
              <br />
              {paper.expires === null
                ? t("vendor.issued", { day: paper.issued })
                : t("vendor.valid", { from: paper.issued, until: paper.expires })}
              {paper.reference !== null && (
                <>
                  <br />
                  <Name>{paper.reference}</Name>
                </>
              )}
            </div>
            <Standing expires={paper.expires} />
            <Button
              variant="default"
              aria-label={`${t("record.edit")}: ${paper.number}`}
              onClick={() => setEditing(paper)}
            >
              {t("record.edit")}
            </Button>
          </li>
        ))}
      </Rows>
      {editing && <DossierForm key={editing.id} close={() => setEditing(null)} vendor={vendor} paper={editing} />}
    </>
  );
}

function Standing({ expires }: { expires: string | null }) {
  const { t } = useText();
  if (expires !== null && expires < today()) return <StateBadge tone="stop">{t("vendor.expired")}</StateBadge>;
  if (expires !== null && expires < today(soonMs))
    return <StateBadge tone="wait">{t("vendor.expiresSoon")}</StateBadge>;
  return <StateBadge tone="open">{t("vendor.holds")}</StateBadge>;
}

interface DossierFormProps {
  close: () => void;
  vendor: VendorFile;
  /** Null for a new one. */
  paper: DossierView | null;
}

/** A new paper, or another word on one. */
export function DossierForm({ close, vendor, paper }: DossierFormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, type, text } = useFields({
    site: paper?.site.id ?? vendor.sites[0]?.id ?? "",
    kind: paper?.kind ?? "isms",
    number: paper?.number ?? "",
    issued: paper?.issued ?? today(),
    expires: paper?.expires ?? "",
    reference: paper?.reference ?? "",
  });
  const save = async () => {
    await send(`/api/vendors/${vendor.id}/dossier`, {
      ...typed,
      entry: paper?.id ?? null,
      expires: typed.expires || null,
      reference: typed.reference.trim() || null,
    });
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(paper ? "vendor.editPaper" : "vendor.addPaper")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      {!paper && <SiteChoice value={typed.site} onChange={(site) => type({ site })} />}
      <NativeSelect
        label={t("vendor.paperKind")}
        value={typed.kind}
        data={dossierKinds.map((kind) => ({ value: kind, label: t(`vendor.paper.${kind}`) }))}
        onChange={(event) => type({ kind: event.currentTarget.value as DossierKind })}
      />
      <TextInput label={t("vendor.paperNumber")} required maxLength={limits.nameCharacters} {...text("number")} />
      <TextInput type="date" label={t("vendor.paperIssued")} required {...text("issued")} />
      <TextInput
        type="date"
        label={t("vendor.paperExpires")}
        description={t("vendor.paperExpiresHelp")}
        {...text("expires")}
      />
      <TextInput
        label={t("vendor.paperReference")}
        description={t("vendor.paperReferenceHelp")}
        maxLength={limits.nameCharacters}
        {...text("reference")}
      />
    </FormDialog>
  );
}
