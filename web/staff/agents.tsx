import { Stack } from "@mantine/core";
import type { TFunction } from "i18next";
import type { AgentView } from "../../protocol/api/agent.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { TrustView } from "../../protocol/api/trust.ts";
import { limits } from "../../protocol/limits.ts";
import { bytesText } from "../app/bytes.ts";
import { Card, Facts, Section } from "../app/card.tsx";
import { CopyLine } from "../app/copy-line.tsx";
import { fingerprint } from "../app/fingerprint.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { PageTitle } from "../app/page-title.tsx";
import { useAgents, useTrust } from "../app/queries.ts";
import { StateBadge } from "../app/state-badge.tsx";
import { Asked, Empty } from "../app/states.tsx";
import type { AgentList } from "../app/views.ts";
import { Instant } from "../app/when.tsx";
import css from "./grants.module.css";
import { ServicesBehind } from "./services-behind.tsx";
import { TrustPanel } from "./trust-panel.tsx";

type Text = TFunction<"page">;

/** What stands beside the devices, what carries, and whose approvals the agents accept. */
export function AgentsPage({ me }: { me: Me }) {
  const { t } = useText();
  const trust = useTrust();
  return (
    <Stack gap="xl">
      <PageTitle title={t("agent.pageTitle")}>{t("agent.pageLead")}</PageTitle>
      <Asked query={useAgents()}>{(value) => <Hosts list={value} trust={trust.data?.sites ?? []} me={me} />}</Asked>
      <Section title={t("trust.title")}>
        <Asked query={trust}>
          {({ sites }) =>
            sites.map((trust) => <TrustPanel key={trust.site.id} trust={trust} me={me} named={sites.length > 1} />)
          }
        </Asked>
      </Section>
    </Stack>
  );
}

function Hosts({ list, trust, me }: { list: AgentList; trust: readonly TrustView[]; me: Me }) {
  const { t } = useText();
  return (
    <>
      <Section title={t("agent.agents")}>
        {list.agents.length === 0 && <Empty title={t("agent.none")}>{t("agent.noneHelp")}</Empty>}
        {list.agents.map((agent) => (
          <AgentCard
            key={agent.id}
            agent={agent}
            current={trust.find(({ site }) => site.id === agent.site.id)?.current?.version ?? null}
            me={me}
          />
        ))}
      </Section>
      <Section title={t("agent.gateways")}>
        {list.gateways.length === 0 && <Empty title={t("agent.noGateway")}>{t("agent.noGatewayHelp")}</Empty>}
        {list.gateways.map((gateway) => (
          <Card key={gateway.id} edge={gateway.connected ? "open" : "stop"} label={gateway.name}>
            <div className={css.head}>
              <h3>
                <Name>{gateway.name}</Name> <small>{gateway.address}</small>
              </h3>
              <Connected yes={gateway.connected} />
            </div>
          </Card>
        ))}
      </Section>
    </>
  );
}

function AgentCard({ agent, current, me }: { agent: AgentView; current: number | null; me: Me }) {
  const { t } = useText();
  const behind = agent.trust !== null && current !== null && agent.trust.version < current;
  const skewed = agent.clockSkewMs !== null && Math.abs(agent.clockSkewMs) > limits.clockSkewMs;
  return (
    <Card edge={agent.connected ? "open" : "stop"} label={agent.name}>
      <div className={css.head}>
        <h3>
          <Name>{agent.name}</Name>{" "}
          <small>
            <Name>{agent.site.name}</Name>
          </small>
        </h3>
        <Connected yes={agent.connected} />
      </div>
      <Facts
        rows={[
          [t("agent.recorder"), t(agent.recorderReady ? "agent.recorderReady" : "agent.recorderAway")],
          [t("agent.lastSeen"), agent.lastSeenAt ? <Instant key="seen" at={agent.lastSeenAt} /> : t("shell.never")],
          [
            t("agent.skew"),
            agent.clockSkewMs === null
              ? t("shell.unknown")
              : `${skewText(agent.clockSkewMs)}${skewed ? ` — ${t("agent.skewTooLarge")}` : ""}`,
          ],
          [
            t("agent.trust"),
            agent.trust === null
              ? t("agent.trustMissing")
              : `${t("trust.version", { version: agent.trust.version })}${behind ? ` — ${t("agent.trustBehind")}` : ""}\n${fingerprint(agent.trust.hash)}`,
          ],
          [
            t("agent.key"),
            <CopyLine key="key" text={fingerprint(agent.key)} of={t("agent.keyOf", { name: agent.name })} />,
          ],
          ...reported(agent, t),
        ]}
      />
      <ServicesBehind agent={agent} me={me} />
    </Card>
  );
}

/** What it says of itself, while it is connected. */
function reported({ report }: AgentView, t: Text): [string, string][] {
  if (!report) return [];
  const { allowList, diskFree, version } = report;
  return [
    [t("reach.allowList"), t(`reach.state.${allowList.state}`, { count: allowList.targets })],
    [t("reach.disk"), diskFree === null ? t("shell.unknown") : bytesText(diskFree)],
    [t("reach.version"), version],
  ];
}

/** Signed, to a tenth of a second. */
function skewText(ms: number): string {
  const seconds = Math.round(ms / 100) / 10;
  return `${seconds > 0 ? "+" : seconds < 0 ? "−" : "±"}${Math.abs(seconds).toFixed(1)} s`;
}

function Connected({ yes }: { yes: boolean }) {
  const { t } = useText();
  return <StateBadge tone={yes ? "open" : "stop"}>{t(yes ? "agent.connected" : "agent.away")}</StateBadge>;
}
