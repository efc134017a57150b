import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { AgentView } from "../../protocol/api/agent.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { ReachTested, ServiceView } from "../../protocol/api/service.ts";
import { useAction } from "../app/action.ts";
import { announce } from "../app/announce.tsx";
import { ownZone } from "../app/clock.ts";
import { CopyLine } from "../app/copy-line.tsx";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { useServices } from "../app/queries.ts";
import { Row, Rows, Small } from "../app/rows.tsx";
import { Failure } from "../app/states.tsx";
import { instantText } from "../app/time.ts";
import { allowListLines } from "./allow-list-lines.ts";
import { mayAdministerAt } from "./may.ts";
import css from "./services-behind.module.css";

/** The devices behind one agent: whether its own list names them, whether they are reached, and what to write where not. */
export function ServicesBehind({ agent, me }: { agent: AgentView; me: Me }) {
  const { t } = useText();
  const services = (useServices().data?.services ?? []).filter((service) => service.agent.id === agent.id);
  const missing = services.filter(({ listed }) => listed === false);
  const mayTest = mayAdministerAt(me, agent);
  const whole = agent.report?.allowList.targets === 0;
  return (
    <section className={css.behind} aria-label={t("reach.services")}>
      <h4>{t("reach.services")}</h4>
      {services.length === 0 && <Small>{t("reach.none")}</Small>}
      {services.length > 0 && (
        <Rows>
          {services.map((service) => (
            <ServiceRow key={service.id} service={service} mayTest={mayTest} />
          ))}
        </Rows>
      )}
      {services.length > 0 && mayTest && <Small>{t("reach.help")}</Small>}
      {missing.length > 0 && (
        <>
          <h4>{t("reach.missing")}</h4>
          <Small>{t(whole ? "reach.wholeHelp" : "reach.missingHelp")}</Small>
          <CopyLine text={allowListLines(missing, whole)} of={t("reach.missingOf", { name: agent.name })} />
        </>
      )}
    </section>
  );
}

function ServiceRow({ service, mayTest }: { service: ServiceView; mayTest: boolean }) {
  const { t, locale } = useText();
  const { reach } = service;
  const found = reach && { at: instantText(reach.at, ownZone, locale), found: t(`reaches.${reach.found}`) };
  return (
    <Row aside={mayTest && <TestReach service={service} />}>
      <Name>{service.device.name}</Name> · <Name>{service.name}</Name>
      <Small>
        {service.protocol} {service.address}:{service.port}
      </Small>
      <Small>{found ? t("reach.last", found) : t("reach.never")}</Small>
    </Row>
  );
}

function TestReach({ service }: { service: ServiceView }) {
  const { t } = useText();
  const client = useQueryClient();
  const action = useAction({
    mutationFn: () => send<ReachTested>(`/api/services/${service.id}/reach-test`),
    onSuccess: async () => {
      announce(t("reach.done"));
      await client.invalidateQueries({ queryKey: ["services"] });
    },
  });
  return (
    <div className={css.test}>
      <Button
        variant="default"
        size="compact-md"
        loading={action.isPending}
        disabled={!service.agent.connected}
        aria-label={t("reach.testOf", { device: service.device.name, service: service.name })}
        onClick={() => action.mutate()}
      >
        {t("reach.test")}
      </Button>
      {action.isError && <Failure error={action.error} />}
    </div>
  );
}
