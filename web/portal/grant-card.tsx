import { useQuery } from "@tanstack/react-query";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Me } from "../../protocol/api/me.ts";
import { nextWindow } from "../../protocol/window-at.ts";
import { GrantBadge } from "../app/badges.tsx";
import { Card } from "../app/card.tsx";
import { useNow } from "../app/clock.ts";
import { grantStateAt } from "../app/grant-state.ts";
import { useText } from "../app/language.ts";
import { Name, Names } from "../app/name.tsx";
import { useDevices } from "../app/queries.ts";
import { Link } from "../app/router.tsx";
import { TimeLeft } from "../app/session-card.tsx";
import { durationText } from "../app/time.ts";
import { Whens } from "../app/when.tsx";
import css from "./grant-card.module.css";
import { ServiceRow } from "./service-row.tsx";
import { knownKeys } from "./workstation-key.ts";

/** A grant as its technician uses it: what is open, how long still, and a way in for each service. */
export function GrantCard({ grant, me }: { grant: GrantView; me: Me }) {
  const { t, locale } = useText();
  const nowMs = useNow(5_000);
  const state = grantStateAt(grant, nowMs);
  const window = nextWindow(grant.windows, nowMs);
  const usable = state === "open" || state === "scheduled";
  const devices = useDevices();
  const away = usable && devices.data?.devices.find(({ id }) => id === grant.device.id)?.agent.connected === false;
  const elsewhere = usable && me.workstation !== null && me.workstation.id !== grant.workstation.id;
  const keys = useQuery({ queryKey: ["known-keys", me.person.id], queryFn: () => knownKeys(me.person.id) });
  const [own] = keys.data ?? [];
  const fromTerminal = usable && !elsewhere && own !== undefined && !grant.workstation.thumbprints.includes(own);
  return (
    <Card edge={state === "open" ? "open" : state === "scheduled" ? "ai" : "none"} label={grant.device.name}>
      <div className={css.head}>
        <div>
          <h3 className={css.device}>
            <Name>{grant.device.name}</Name>
          </h3>
          <p className={css.where}>
            <Names of={[grant.site.name, grant.device.model]} /> ·{" "}
            <Link href={`/requests/${grant.request}`} style={{ whiteSpace: "nowrap" }}>
              {t("home.toRequest")}
            </Link>
          </p>
        </div>
        <GrantBadge state={state} />
      </div>
      <Whens windows={grant.windows} siteZone={grant.siteZone} />
      {state === "open" && window && <TimeLeft end={window.end} />}
      {state === "scheduled" && window && (
        <p className={css.note}>{t("time.begins", { time: durationText(Date.parse(window.start) - nowMs, locale) })}</p>
      )}
      {state === "revoked" && grant.revocation && (
        <p className={css.note}>{t("home.revokedBecause", { reason: grant.revocation })}</p>
      )}
      {away && <p className={css.warn}>{t("home.agentAway")}</p>}
      {elsewhere && <p className={css.warn}>{t("home.otherWorkstation", { label: grant.workstation.label })}</p>}
      {fromTerminal && <p className={css.warn}>{t("home.fromTerminal")}</p>}
      {usable && (
        <ul className={css.services}>
          {grant.services.map((service) => (
            <ServiceRow
              key={service.id}
              grant={grant}
              service={service}
              me={me}
              open={state === "open"}
              inBrowser={!fromTerminal}
            />
          ))}
        </ul>
      )}
    </Card>
  );
}
