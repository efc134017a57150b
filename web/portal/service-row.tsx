import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { GrantView } from "../../protocol/api/grant.ts";
import type { Me } from "../../protocol/api/me.ts";
import { channelOf } from "../../protocol/service.ts";
import { useAction } from "../app/action.ts";
import { announce } from "../app/announce.tsx";
import { CopyLine } from "../app/copy-line.tsx";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { Failure } from "../app/states.tsx";
import { TlsExceptions } from "../app/tls-exceptions.tsx";
import { enter, openEntrance } from "./browser-session.ts";
import { connectLine } from "./connect-line.ts";
import css from "./service-row.module.css";

type Service = GrantView["services"][number];

/** One service of an open grant: in the browser for web pages, by the command line for all else. */
export function ServiceRow({
  grant,
  service,
  me,
  open,
  inBrowser,
}: {
  grant: GrantView;
  service: Service;
  me: Me;
  open: boolean;
  /** Whether the grant names the key of this browser. */
  inBrowser: boolean;
}) {
  return (
    <li className={css.row}>
      <span className={css.name}>
        <Name>{service.name}</Name>{" "}
        <span className={css.wire}>
          {service.protocol} {service.port}
        </span>
        <TlsExceptions service={service} />
      </span>
      {inBrowser && channelOf(service.protocol, "browser") ? (
        <OpenButton grant={grant} service={service} me={me} open={open} />
      ) : (
        <Command grant={grant} service={service} />
      )}
    </li>
  );
}

function Command({ grant, service }: { grant: GrantView; service: Service }) {
  const { t } = useText();
  return (
    <CopyLine
      text={connectLine(grant, service)}
      of={t("home.commandOf", { device: grant.device.name, service: service.name })}
    />
  );
}

function OpenButton({ grant, service, me, open }: { grant: GrantView; service: Service; me: Me; open: boolean }) {
  const { t } = useText();
  const client = useQueryClient();
  const entrance = useAction({
    mutationFn: () => openEntrance(me.person.id, grant.id, service.id),
    onSuccess: (value) => {
      void client.invalidateQueries({ queryKey: ["sessions"] });
      // The click still counts: a second one is asked for only when the agent took longer than the browser's patience.
      if (navigator.userActivation?.isActive) go(value);
    },
  });
  const go = (value: Parameters<typeof enter>[0]) => {
    enter(value);
    entrance.reset();
    announce(t("home.opened", { service: service.name }));
  };
  const names = { device: grant.device.name, service: service.name };
  return (
    <div className={css.open}>
      {entrance.data ? (
        <Button onClick={() => go(entrance.data)}>{t("home.openNow")}</Button>
      ) : (
        <Button
          disabled={!open}
          loading={entrance.isPending}
          onClick={() => entrance.mutate()}
          aria-label={t("home.openOf", names)}
        >
          {t("home.open")}
        </Button>
      )}
      {entrance.isError && <Failure error={entrance.error} />}
    </div>
  );
}
