import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Me } from "../../../protocol/api/me.ts";
import type { VendorFile } from "../../../protocol/api/vendor.ts";
import { Card, Facts } from "../../app/card.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useSites, useVendorFiles } from "../../app/queries.ts";
import { ReasonDialog } from "../../app/reason-dialog.tsx";
import css from "../../app/record.module.css";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import { dayText } from "../../app/time.ts";
import { runsInstallation } from "../may.ts";
import { Area } from "./area.tsx";
import { ConsentForm, Consents } from "./consents.tsx";
import { DossierForm, Papers } from "./dossier.tsx";
import { Erasures } from "./erasures.tsx";
import { OffboardingForm } from "./offboarding.tsx";
import { VendorForm } from "./vendor-form.tsx";

/** The companies that work for the hospitals of whoever looks. */
export function VendorsPage({ me }: { me: Me }) {
  const { t } = useText();
  const [adding, setAdding] = useState(false);
  const sites = useSites().data?.sites ?? [];
  return (
    <Area name="vendors" aside={<Button onClick={() => setAdding(true)}>{t("vendor.add")}</Button>}>
      <Asked query={useVendorFiles()}>
        {({ vendors }) => (
          <>
            {vendors.length === 0 && <Empty title={t("vendor.none")}>{t("vendor.noneHelp")}</Empty>}
            {vendors.map((vendor) => (
              <VendorCard
                key={vendor.id}
                vendor={vendor}
                others={vendors.filter(({ id }) => id !== vendor.id)}
                everywhere={runsInstallation(me)}
              />
            ))}
          </>
        )}
      </Asked>
      {adding && (
        <VendorForm close={() => setAdding(false)} vendor={null} sites={sites} anywhere={runsInstallation(me)} />
      )}
    </Area>
  );
}

interface VendorCardProps {
  vendor: VendorFile;
  others: readonly VendorFile[];
  /** Whether whoever looks administers the installation. */
  everywhere: boolean;
}

function VendorCard({ vendor, others, everywhere }: VendorCardProps) {
  const { t } = useText();
  const [opened, setOpened] = useState<"edit" | "paper" | "consent" | "end" | null>(null);
  const close = () => setOpened(null);
  const none = <span key="none">{t("vendor.nothing")}</span>;
  return (
    <Card edge={vendor.active ? "open" : "none"} label={vendor.name}>
      <div className={css.head}>
        <h2>
          <Name>{vendor.name}</Name>
        </h2>
        <StateBadge tone={vendor.active ? "open" : "calm"}>
          {t(vendor.active ? "record.active" : "record.disabled")}
        </StateBadge>
      </div>
      <Facts
        rows={[
          [t("vendor.contact"), vendor.contact === null ? none : <Name key="contact">{vendor.contact}</Name>],
          [
            t("vendor.domains"),
            vendor.mailDomains.length === 0 ? t("vendor.noDomains") : vendor.mailDomains.join(", "),
          ],
          [t("vendor.sites"), vendor.sites.length === 0 ? none : vendor.sites.map(({ name }) => name).join(", ")],
        ]}
      />
      <Part title={t("vendor.contracts")}>
        <Contracts vendor={vendor} />
      </Part>
      <Part
        title={t("vendor.dossier")}
        aside={
          <Button variant="default" onClick={() => setOpened("paper")}>
            {t("vendor.addPaper")}
          </Button>
        }
      >
        <Papers vendor={vendor} />
      </Part>
      <Part
        title={t("vendor.subcontractors")}
        aside={
          <Button variant="default" disabled={others.length === 0} onClick={() => setOpened("consent")}>
            {t("vendor.addSubcontractor")}
          </Button>
        }
      >
        <Consents vendor={vendor} />
      </Part>
      {vendor.erasures.length > 0 && (
        <Part title={t("vendor.erasures")}>
          <Erasures vendor={vendor} />
        </Part>
      )}
      <div className={css.foot}>
        {vendor.active ? (
          <Button variant="default" onClick={() => setOpened("end")}>
            {t("vendor.offboardOpen")}
          </Button>
        ) : (
          everywhere && (
            <Button variant="default" onClick={() => setOpened("end")}>
              {t("record.enable")}
            </Button>
          )
        )}
        {vendor.own && (
          <Button variant="default" onClick={() => setOpened("edit")}>
            {t("record.edit")}
          </Button>
        )}
      </div>
      {opened === "end" && vendor.active && <OffboardingForm close={close} vendor={vendor} everywhere={everywhere} />}
      <EnableDialog opened={opened === "end" && !vendor.active} close={close} vendor={vendor} />
      {opened === "edit" && <VendorForm close={close} vendor={vendor} sites={[]} anywhere={false} />}
      {opened === "paper" && <DossierForm close={close} vendor={vendor} paper={null} />}
      {opened === "consent" && <ConsentForm close={close} vendor={vendor} others={others} of={null} />}
    </Card>
  );
}

function EnableDialog({ opened, close, vendor }: { opened: boolean; close: () => void; vendor: VendorFile }) {
  const { t } = useText();
  const client = useQueryClient();
  const enable = async () => {
    await send(`/api/vendors/${vendor.id}/enable`);
    await client.invalidateQueries({ queryKey: ["vendor-files"] });
  };
  return (
    <ReasonDialog
      opened={opened}
      close={close}
      title={t("record.enable")}
      about={vendor.id}
      confirm={t("record.enable")}
      done={t("record.done")}
      reason="none"
      act={enable}
    >
      {t("vendor.enableAsk", { name: vendor.name })}
    </ReasonDialog>
  );
}

/** A titled part of what is kept of a company. */
function Part({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section} aria-label={title}>
      <div className={css.head}>
        <h3>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}

/** Which device until when; what has ended says so. */
function Contracts({ vendor }: { vendor: VendorFile }) {
  const { t, locale } = useText();
  if (vendor.contracts.length === 0) return <p>{t("vendor.noContracts")}</p>;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = new Date().toISOString();
  const day = (instant: string) => dayText(instant, zone, locale, "year");
  return (
    <Facts
      rows={vendor.contracts.map(({ device, site, starts, ends }) => [
        `${device.name} (${site.name})`,
        ends <= now
          ? t("vendor.contractEnded", { day: day(ends) })
          : t("vendor.contractFrom", { from: day(starts), until: day(ends) }),
      ])}
    />
  );
}
