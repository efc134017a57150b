import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ErasureView } from "../../../protocol/api/offboarding.ts";
import type { VendorFile } from "../../../protocol/api/vendor.ts";
import { limits } from "../../../protocol/limits.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { Rows } from "../../app/simple-rows.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { toLocalInput } from "../../app/time.ts";

/** What a vendor has still to erase, or has shown that it did. */
export function Erasures({ vendor }: { vendor: VendorFile }) {
  const { t } = useText();
  const [confirming, setConfirming] = useState<ErasureView | null>(null);
  const late = (task: ErasureView) => task.due < toLocalInput(Date.now()).slice(0, 10);
  return (
    <>
      <Rows>
        {vendor.erasures.map((task) => (
          <li key={task.id}>
            <div>
              <Name long>{task.what}</Name> ({task.site?.name ?? t("vendor.everywhere")})
              <br />
              {task.confirmedBy === null
                ? t("vendor.eraseBy", { day: task.due })
                : t("vendor.erasedBy", { name: task.confirmedBy.name, reference: task.reference ?? "" })}
            </div>
            {task.confirmedAt !== null ? (
              <StateBadge tone="open">{t("vendor.erased")}</StateBadge>
            ) : (
              <>
                <StateBadge tone={late(task) ? "stop" : "wait"}>
                  {t(late(task) ? "vendor.eraseLate" : "vendor.eraseWaits")}
                </StateBadge>
                <Button variant="default" onClick={() => setConfirming(task)}>
                  {t("vendor.confirmErased")}
                </Button>
              </>
            )}
          </li>
        ))}
      </Rows>
      {confirming && <ConfirmForm task={confirming} close={() => setConfirming(null)} />}
    </>
  );
}

function ConfirmForm({ task, close }: { task: ErasureView; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const [reference, setReference] = useState("");
  const save = async () => {
    await send(`/api/erasures/${task.id}/confirmation`, { reference });
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <FormDialog
      close={close}
      title={t("vendor.confirmErased")}
      confirm={t("vendor.confirmErased")}
      done={t("record.done")}
      act={save}
    >
      <TextInput
        label={t("vendor.eraseReference")}
        description={t("vendor.eraseReferenceHelp")}
        required
        maxLength={limits.nameCharacters}
        value={reference}
        onChange={(event) => setReference(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
