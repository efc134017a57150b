import { Button, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import type { DeviceView } from "../../protocol/api/device.ts";
import type { Me } from "../../protocol/api/me.ts";
import type { RequestView } from "../../protocol/api/request.ts";
import { limits } from "../../protocol/limits.ts";
import { idRandomBytes, makeId } from "../../protocol/make-id.ts";
import { requestOf, type Said } from "../../protocol/request-of.ts";
import { useAction } from "../app/action.ts";
import { announce } from "../app/announce.tsx";
import { Card } from "../app/card.tsx";
import { now, ownZone } from "../app/clock.ts";
import { useDraft } from "../app/draft.ts";
import { ApiError, send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useDevices } from "../app/queries.ts";
import { navigate } from "../app/router.tsx";
import { Asked, Empty, Failure } from "../app/states.tsx";
import type { RequestBody } from "../app/views.ts";
import css from "./ask.module.css";
import { DeviceChoice, ServiceChoice } from "./device-choice.tsx";
import { asWindow, emptyWindow, type TypedWindow } from "./typed-window.ts";
import { WindowChoice } from "./window-choice.tsx";
import { knownKeys, signRequest } from "./workstation-key.ts";

/** A new request: which device, which services, when, why, and what will be done. */
export function Ask({ me }: { me: Me }) {
  const { t } = useText();
  const devices = useDevices();
  return (
    <Stack gap="lg">
      <PageTitle title={t("place.ask")}>{t("ask.lead")}</PageTitle>
      <Asked query={devices}>
        {(value) =>
          value.devices.length === 0 ? (
            <Empty title={t("ask.noDevices")}>{t("ask.noDevicesHelp")}</Empty>
          ) : (
            <AskForm devices={value.devices} me={me} />
          )
        }
      </Asked>
    </Stack>
  );
}

/** What the form holds until it is sent. */
interface Asking {
  device: string | null;
  services: string[];
  window: TypedWindow;
  reason: string;
  plan: string;
  workOrder: string;
}

function AskForm({ devices, me }: { devices: DeviceView[]; me: Me }) {
  const { t } = useText();
  const client = useQueryClient();
  const [only] = devices.length === 1 ? devices : [];
  const [asking, setAsking, dropAsking] = useDraft<Asking>(me.person.id, "request", {
    device: only?.id ?? null,
    services: onlyService(only),
    window: emptyWindow(),
    reason: "",
    plan: "",
    workOrder: "",
  });
  const change = (part: Partial<Asking>) => setAsking({ ...asking, ...part });
  const device = devices.find((one) => one.id === asking.device);
  const services = asking.services.filter((id) => device?.services.some((service) => service.id === id));
  const ask = useAction({
    mutationFn: async (wish: { device: DeviceView; services: string[]; said: Said }) => {
      const keys = await knownKeys(me.person.id);
      const request = requestOf(newRequestId(), { me, keys }, wish.device, wish.services, wish.said);
      if (!request) throw new ApiError("denied", 403, undefined, ["workstation-unknown"]);
      const body: RequestBody = { request: await signRequest(request) };
      return send<RequestView>("/api/requests", body);
    },
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["requests"] });
      dropAsking();
      announce(t("ask.sent"));
      navigate("/");
    },
  });
  const window = asWindow(asking.window, now());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!device || services.length === 0 || !window) return;
    const said: Said = {
      windows: [window],
      zone: ownZone,
      rule: "normal",
      reason: typedLines(asking.reason),
      plan: typedLines(asking.plan),
      workOrder: asking.workOrder.trim() || null,
    };
    ask.mutate({ device, services, said });
  };
  const missing = [
    ...(device ? [] : [t("ask.device")]),
    ...(device && services.length === 0 ? [t("request.services")] : []),
    ...(window ? [] : [t("ask.window")]),
  ];
  return (
    <form onSubmit={submit}>
      <Card>
        <div className={css.steps}>
          <DeviceChoice
            devices={devices}
            chosen={device?.id}
            choose={(id) => change({ device: id, services: onlyService(devices.find((one) => one.id === id)) })}
          />
          {device && <ServiceChoice device={device} chosen={services} choose={(ids) => change({ services: ids })} />}
          <WindowChoice value={asking.window} onChange={(value) => change({ window: value })} siteZone={device?.zone} />
          <Textarea
            label={t("ask.reason")}
            description={t("ask.reasonHelp")}
            required
            autosize
            minRows={2}
            maxLength={limits.reasonCharacters}
            value={asking.reason}
            onChange={(event) => change({ reason: event.currentTarget.value })}
          />
          <Textarea
            label={t("ask.plan")}
            description={t("ask.planHelp")}
            required
            autosize
            minRows={4}
            maxLength={limits.planCharacters}
            value={asking.plan}
            onChange={(event) => change({ plan: event.currentTarget.value })}
          />
          <TextInput
            label={t("ask.workOrder")}
            description={t("ask.workOrderHelp")}
            autoComplete="off"
            maw={420}
            maxLength={limits.nameCharacters}
            value={asking.workOrder}
            onChange={(event) => change({ workOrder: event.currentTarget.value })}
          />
          {ask.isError && <Failure error={ask.error} />}
          <div>
            <Button
              type="submit"
              size="lg"
              loading={ask.isPending}
              disabled={me.workstation === null || missing.length > 0}
            >
              {t("place.ask")}
            </Button>
            <p className={css.hint} aria-live="polite">
              {missing.length > 0 ? t("ask.missing", { what: missing.join(t("shell.comma")) }) : t("ask.sendHelp")}
            </p>
          </div>
        </div>
      </Card>
    </form>
  );
}

/** As text is kept: without white space around it, and with one kind of line end. */
const typedLines = (text: string) => text.replaceAll(/\r\n?/g, "\n").trim();

const newRequestId = () => makeId("request", crypto.getRandomValues(new Uint8Array(idRandomBytes)));

/** Where there is no choice, none is asked for. */
function onlyService(device: DeviceView | undefined): string[] {
  const [service, another] = device?.services ?? [];
  return service && !another ? [service.id] : [];
}
