import { Button } from "@mantine/core";
import { useState } from "react";
import type { Me } from "../../../protocol/api/me.ts";
import type { TrustView } from "../../../protocol/api/trust.ts";
import { Card, Facts } from "../../app/card.tsx";
import { useText } from "../../app/language.ts";
import { Name, Names } from "../../app/name.tsx";
import { useTrust } from "../../app/queries.ts";
import css from "../../app/record.module.css";
import { requirementWords } from "../../app/requirement-words.ts";
import { Link } from "../../app/router.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import { mayAdministerAt } from "../may.ts";
import { Area } from "./area.tsx";
import { RulesForm } from "./rules-form.tsx";

/** Who must say yes at each hospital. A change waits for the signatures of those who are required now. */
export function ApproversPage({ me }: { me: Me }) {
  const { t } = useText();
  return (
    <Area name="approvers">
      <Asked query={useTrust()}>
        {({ sites }) =>
          sites.length === 0 ? (
            <Empty title={t("site.none")}>{t("site.noneHelp")}</Empty>
          ) : (
            sites.map((trust) => <RulesCard key={trust.site.id} trust={trust} me={me} />)
          )
        }
      </Asked>
    </Area>
  );
}

function RulesCard({ trust, me }: { trust: TrustView; me: Me }) {
  const { t } = useText();
  const [editing, setEditing] = useState(false);
  const { site, current, proposed } = trust;
  const state = proposed ? "wait" : current ? "open" : "calm";
  return (
    <Card edge={state === "calm" ? "none" : state} label={site.name}>
      <div className={css.head}>
        <h2>
          <Name>{site.name}</Name>
        </h2>
        <StateBadge tone={state}>
          {t(proposed ? "trust.proposed" : current ? "trust.inForce" : "approverRules.noList")}
        </StateBadge>
      </div>
      {!current && <p>{t("trust.noneHelp")}</p>}
      {current && <Rules list={current} />}
      {proposed && (
        <section className={css.section}>
          <h3>{t("approverRules.waiting")}</h3>
          <p>
            {t("approverRules.waitingHelp")} <Link href="/agents">{t("approverRules.toSign")}</Link>
          </p>
          <Rules list={proposed} />
        </section>
      )}
      {current && mayAdministerAt(me, trust) && (
        <div className={css.foot}>
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("approverRules.edit")}
          </Button>
        </div>
      )}
      {editing && current && (
        <RulesForm site={site} before={(proposed ?? current).rules} close={() => setEditing(false)} />
      )}
    </Card>
  );
}

function Rules({ list }: { list: NonNullable<TrustView["current"]> }) {
  const { t } = useText();
  const names = [...new Map(list.approvers.map(({ person }) => [person.id, person.name])).values()];
  return (
    <Facts
      rows={[
        [t("trust.normal"), requirementWords(t, list.rules.normal)],
        [t("trust.emergency"), requirementWords(t, list.rules.emergency)],
        [t("approverRules.people"), <Names key="people" of={names} between={t("shell.comma")} />],
      ]}
    />
  );
}
