import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ContractView, DeviceRecord } from "../../../protocol/api/device-record.ts";
import { now as authorityNow } from "../../app/clock.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { ReasonDialog } from "../../app/reason-dialog.tsx";
import css from "../../app/record.module.css";
import { fromLocalInput, toLocalInput } from "../../app/time.ts";
import { Instant } from "../../app/when.tsx";

const dayMs = 86_400_000;

/** Under which contracts a vendor may touch a device, and how long that is so. */
export function Contracts({ device }: { device: DeviceRecord }) {
  const { t } = useText();
  const client = useQueryClient();
  const [open, setOpen] = useState<ContractView | "new" | null>(null);
  const [ending, setEnding] = useState<ContractView | null>(null);
  const now = authorityNow();
  const running = device.contracts.some(({ starts, ends }) => Date.parse(starts) <= now && now < Date.parse(ends));
  const state = ({ starts, ends }: ContractView) => {
    if (Date.parse(ends) <= now) return t("contract.over");
    if (Date.parse(starts) > now) return t("contract.notBegun");
    return t("contract.daysLeft", { days: Math.ceil((Date.parse(ends) - now) / dayMs) });
  };
  const end = async () => {
    await send(`/api/contracts/${ending?.id}/end`);
    await client.invalidateQueries({ queryKey: ["devices"] });
  };
  return (
    <div>
      <div className={css.part}>
        <h3>{t("devices.contracts")}</h3>
        <Button variant="default" size="compact-sm" onClick={() => setOpen("new")}>
          {t("contract.add")}
        </Button>
      </div>
      {!running && <p>{t("contract.none")}</p>}
      {device.contracts.map((contract) => (
        <div key={contract.id} className={css.row}>
          <span>
            <Name>{contract.vendor.name}</Name> <Instant at={contract.starts} zone={device.zone} detail="year" /> –{" "}
            <Instant at={contract.ends} zone={device.zone} detail="year" /> ({state(contract)})
          </span>
          <span className={css.buttons}>
            <Button
              variant="default"
              size="compact-sm"
              aria-label={`${t("record.edit")}: ${contract.vendor.name}`}
              onClick={() => setOpen(contract)}
            >
              {t("record.edit")}
            </Button>
            {Date.parse(contract.ends) > now && (
              <Button variant="default" size="compact-sm" onClick={() => setEnding(contract)}>
                {t("contract.end")}
              </Button>
            )}
          </span>
        </div>
      ))}
      {open && <TermForm device={device} contract={open === "new" ? null : open} close={() => setOpen(null)} />}
      <ReasonDialog
        opened={ending !== null}
        close={() => setEnding(null)}
        title={t("contract.end")}
        about={ending?.id ?? ""}
        confirm={t("contract.end")}
        done={t("record.done")}
        danger
        reason="none"
        act={end}
      >
        {t("contract.endAsk", { vendor: ending?.vendor.name ?? "" })}
      </ReasonDialog>
    </div>
  );
}

interface TermFormProps {
  device: DeviceRecord;
  contract: ContractView | null;
  close: () => void;
}

/** Whole days of this browser's zone; the last one is within the contract. */
function TermForm({ device, contract, close }: TermFormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const dayOf = (ms: number) => toLocalInput(ms).slice(0, 10);
  const [typed, setTyped] = useState({
    starts: dayOf(contract ? Date.parse(contract.starts) : authorityNow()),
    ends: dayOf(contract ? Date.parse(contract.ends) - 1 : authorityNow() + 364 * dayMs),
  });
  const save = async () => {
    const starts = fromLocalInput(`${typed.starts}T00:00`) ?? 0;
    const next = new Date(`${typed.ends}T00:00`);
    next.setDate(next.getDate() + 1);
    const term = { starts: new Date(starts).toISOString(), ends: next.toISOString() };
    const created = { device: device.id, vendor: device.vendor.id, ...term };
    await send(contract ? `/api/contracts/${contract.id}` : "/api/contracts", contract ? term : created);
    await client.invalidateQueries({ queryKey: ["devices"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(contract ? "contract.editTitle" : "contract.add")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      {(["starts", "ends"] as const).map((side) => (
        <TextInput
          key={side}
          label={t(`contract.${side}`)}
          type="date"
          required
          value={typed[side]}
          onChange={(event) => setTyped({ ...typed, [side]: event.currentTarget.value })}
        />
      ))}
    </FormDialog>
  );
}
