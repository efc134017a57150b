import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { SubcontractView, VendorFile } from "../../../protocol/api/vendor.ts";
import { limits } from "../../../protocol/limits.ts";
import { useFields } from "../../app/fields.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { Rows } from "../../app/simple-rows.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { dayText, fromLocalInput, toLocalInput } from "../../app/time.ts";
import { SiteChoice } from "./site-choice.tsx";

const dayMs = 86_400_000;
const dayOf = (ms: number) => toLocalInput(ms).slice(0, 10);
/** When a day of a date input begins here; null for what is no day. */
const begin = (day: string) => fromLocalInput(`${day}T00:00`);

/** Who works for a company, and since when and until when the hospital consents. */
export function Consents({ vendor }: { vendor: VendorFile }) {
  const { t, locale } = useText();
  const [editing, setEditing] = useState<SubcontractView | null>(null);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const day = (instant: string, before = 0) =>
    dayText(new Date(Date.parse(instant) - before).toISOString(), zone, locale, "year");
  if (vendor.subcontractors.length === 0 && vendor.subcontractorOf.length === 0)
    return <p>{t("vendor.noSubcontractors")}</p>;
  return (
    <>
      <Rows>
        {vendor.subcontractors.map((one) => (
          <li key={one.id}>
            <div>
              <Name>{one.subcontractor.name}</Name> ({one.site.name})
              <br />
              {one.consent === null
                ? t("vendor.consentMissing")
                : t("vendor.consentFrom", { from: day(one.consent.from), until: day(one.consent.until, 1) })}
              {one.note !== null && (
                <>
                  <br />
                  <Name long>{one.note}</Name>
                </>
              )}
            </div>
            <Standing consent={one.consent} />
            <Button
              variant="default"
              aria-label={`${t("vendor.consentChange")}: ${one.subcontractor.name}`}
              onClick={() => setEditing(one)}
            >
              {t("vendor.consentChange")}
            </Button>
          </li>
        ))}
        {vendor.subcontractorOf.map((one) => (
          <li key={one.id}>
            <div>{t("vendor.worksFor", { name: one.vendor.name, site: one.site.name })}</div>
            <Standing consent={one.consent} />
          </li>
        ))}
      </Rows>
      {editing && (
        <ConsentForm key={editing.id} close={() => setEditing(null)} vendor={vendor} others={[]} of={editing} />
      )}
    </>
  );
}

function Standing({ consent }: Pick<SubcontractView, "consent">) {
  const { t } = useText();
  const now = new Date().toISOString();
  if (consent === null || consent.until <= now) return <StateBadge tone="stop">{t("vendor.mayNotAsk")}</StateBadge>;
  if (now < consent.from) return <StateBadge tone="wait">{t("vendor.mayAskLater")}</StateBadge>;
  return <StateBadge tone="open">{t("vendor.mayAsk")}</StateBadge>;
}

interface ConsentFormProps {
  close: () => void;
  vendor: VendorFile;
  /** Of a new one: who can be named. */
  others: readonly VendorFile[];
  /** Null for a new one. */
  of: SubcontractView | null;
}

/** The hospital's consent to a subcontractor: dates, or none. */
export function ConsentForm({ close, vendor, others, of }: ConsentFormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const { typed, type, text } = useFields({
    site: of?.site.id ?? vendor.sites[0]?.id ?? "",
    subcontractor: of?.subcontractor.id ?? others[0]?.id ?? "",
    from: dayOf(of?.consent ? Date.parse(of.consent.from) : Date.now()),
    // The last day is included, as people say it; without one there is no consent.
    through: of?.consent ? dayOf(Date.parse(of.consent.until) - 1) : "",
    note: of?.note ?? "",
  });
  const save = async () => {
    const from = begin(typed.from);
    const last = begin(typed.through);
    await send(`/api/vendors/${vendor.id}/subcontractors`, {
      site: typed.site,
      subcontractor: typed.subcontractor || others[0]?.id,
      consent:
        from === null || last === null
          ? null
          : {
              from: new Date(from).toISOString(),
              until: new Date(begin(dayOf(last + 1.5 * dayMs)) ?? last).toISOString(),
            },
      note: typed.note.trim() || null,
    });
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(of ? "vendor.consentTitle" : "vendor.addSubcontractor")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      {!of && <SiteChoice value={typed.site} onChange={(site) => type({ site })} />}
      {!of && (
        <NativeSelect
          label={t("vendor.subcontractor")}
          description={t("vendor.subcontractorHelp")}
          data={others.map(({ id, name }) => ({ value: id, label: name }))}
          {...text("subcontractor")}
        />
      )}
      <TextInput type="date" label={t("vendor.consentBegins")} required {...text("from")} />
      <TextInput
        type="date"
        label={t("vendor.consentThrough")}
        description={t("vendor.consentThroughHelp")}
        {...text("through")}
      />
      <Textarea
        label={t("vendor.note")}
        description={t("vendor.noteHelp")}
        maxLength={limits.reasonCharacters}
        autosize
        minRows={2}
        {...text("note")}
      />
    </FormDialog>
  );
}
