import { Button, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AgentView } from "../../../protocol/api/agent.ts";
import { limits } from "../../../protocol/limits.ts";
import { Card, Facts } from "../../app/card.tsx";
import { CopyLine } from "../../app/copy-line.tsx";
import { Dialog } from "../../app/dialog.tsx";
import { fingerprint } from "../../app/fingerprint.ts";
import { FormDialog } from "../../app/form-dialog.tsx";
import { send } from "../../app/http.ts";
import { useText } from "../../app/language.ts";
import { Name } from "../../app/name.tsx";
import { useAgents, useDeviceRecords, useSites } from "../../app/queries.ts";
import css from "../../app/record.module.css";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked, Empty } from "../../app/states.tsx";
import type { AgentTokenMade } from "../../app/views.ts";
import { Instant } from "../../app/when.tsx";
import { Area } from "./area.tsx";
import { OnOff } from "./on-off.tsx";

/** The agents of an installation: named, disabled, and joined by a command that is shown once. */
export function HostsPage() {
  const { t } = useText();
  const [joining, setJoining] = useState(false);
  const [made, setMade] = useState<AgentTokenMade | null>(null);
  return (
    <Area name="agents" aside={<Button onClick={() => setJoining(true)}>{t("host.token")}</Button>}>
      <Asked query={useAgents()}>
        {({ agents }) => (
          <>
            {agents.length === 0 && <Empty title={t("agent.none")}>{t("agent.noneHelp")}</Empty>}
            {agents.map((agent) => (
              <HostCard key={agent.id} agent={agent} />
            ))}
          </>
        )}
      </Asked>
      {joining && <TokenForm close={() => setJoining(false)} made={setMade} />}
      <Dialog opened={made !== null} close={() => setMade(null)} title={t("host.tokenTitle")}>
        {made && (
          <Stack>
            <p>{t("host.tokenHelp")}</p>
            <CopyLine text={made.command} of={t("host.command")} />
            <p>
              {t("host.tokenUntil")} <Instant at={made.expiresAt} />
            </p>
            <Button variant="default" onClick={() => setMade(null)}>
              {t("shell.back")}
            </Button>
          </Stack>
        )}
      </Dialog>
    </Area>
  );
}

function TokenForm({ close, made }: { close: () => void; made: (token: AgentTokenMade) => void }) {
  const { t } = useText();
  const sites = useSites().data?.sites ?? [];
  const [site, setSite] = useState("");
  const make = async () => made(await send<AgentTokenMade>("/api/agents/token", { site: site || sites[0]?.id }));
  return (
    <FormDialog close={close} title={t("host.token")} confirm={t("host.tokenMake")} done={t("record.done")} act={make}>
      <NativeSelect
        label={t("host.tokenSite")}
        value={site}
        data={sites.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(event) => setSite(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function HostCard({ agent }: { agent: AgentView }) {
  const { t } = useText();
  const client = useQueryClient();
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState(agent.name);
  const behind = (useDeviceRecords().data?.devices ?? []).filter((device) => device.agent.id === agent.id);
  const tell = async (verb: string, body?: object) => {
    await send(`/api/agents/${agent.id}${verb}`, body);
    await client.invalidateQueries({ queryKey: ["agents"] });
  };
  return (
    <Card edge={agent.active ? (agent.connected ? "open" : "stop") : "none"} label={agent.name}>
      <div className={css.head}>
        <h2>
          <Name>{agent.name}</Name>
        </h2>
        <StateBadge tone={agent.active ? (agent.connected ? "open" : "stop") : "calm"}>
          {t(agent.active ? (agent.connected ? "agent.connected" : "agent.away") : "record.disabled")}
        </StateBadge>
      </div>
      <Facts
        rows={[
          [t("host.tokenSite"), <Name key="site">{agent.site.name}</Name>],
          [t("agent.lastSeen"), agent.lastSeenAt ? <Instant key="seen" at={agent.lastSeenAt} /> : t("shell.never")],
          [
            t("host.devices"),
            behind.length === 0
              ? t("host.noDevice")
              : behind.map((one) => (
                  <div key={one.id}>
                    <Name>{one.name}</Name>
                  </div>
                )),
          ],
          [
            t("agent.key"),
            <CopyLine key="key" text={fingerprint(agent.key)} of={t("agent.keyOf", { name: agent.name })} />,
          ],
        ]}
      />
      <div className={css.foot}>
        <OnOff
          active={agent.active}
          about={agent.id}
          ask={t(agent.active ? "host.disableAsk" : "host.enableAsk", { name: agent.name })}
          act={(verb) => tell(`/${verb}`)}
        />
        <Button variant="default" onClick={() => setNaming(true)}>
          {t("host.rename")}
        </Button>
      </div>
      {naming && (
        <FormDialog
          close={() => setNaming(false)}
          title={t("host.rename")}
          confirm={t("record.save")}
          done={t("record.done")}
          act={() => tell("", { name: name.trim() })}
        >
          <TextInput
            label={t("host.name")}
            required
            maxLength={limits.nameCharacters}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </FormDialog>
      )}
    </Card>
  );
}
