import { Button, Stack, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { DeviceView, RequestView } from "../../protocol/api/request.ts";
import type { Me } from "../../protocol/api/sign-in.ts";
import { limits } from "../../protocol/limits.ts";
import { announce } from "../app/announce.tsx";
import { Card } from "../app/card.tsx";
import { now, ownZone } from "../app/clock.ts";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { PageTitle } from "../app/page-title.tsx";
import { useDevices } from "../app/queries.ts";
import { navigate } from "../app/router.tsx";
import { Asked, Empty, Failure } from "../app/states.tsx";
import type { RequestBody } from "../app/views.ts";
import css from "./ask.module.css";
import { DeviceChoice, ServiceChoice } from "./device-choice.tsx";
import { asWindow, emptyWindow } from "./typed-window.ts";
import { WindowChoice } from "./window-choice.tsx";

/** A new request: which device, which services, when, why, and what will be done. */
export function Ask({ me }: { me: Me }) {
  const { t } = useText();
  const devices = useDevices();
  return (
    <Stack gap="lg">
      <PageTitle title={t("ask.title")}>{t("ask.lead")}</PageTitle>
      <Asked query={devices}>
        {(value) =>
          value.devices.length === 0 ? (
            <Empty title={t("ask.noDevices")}>{t("ask.noDevicesHelp")}</Empty>
          ) : (
            <AskForm devices={value.devices} ready={me.workstation !== null} />
          )
        }
      </Asked>
    </Stack>
  );
}

function AskForm({ devices, ready }: { devices: DeviceView[]; ready: boolean }) {
  const { t } = useText();
  const client = useQueryClient();
  const [chosen, setChosen] = useState(devices.length === 1 ? devices[0]?.id : undefined);
  const [services, setServices] = useState<string[]>([]);
  const [typed, setTyped] = useState(emptyWindow);
  const [reason, setReason] = useState("");
  const [plan, setPlan] = useState("");
  const device = devices.find((one) => one.id === chosen);
  const ask = useMutation({
    mutationFn: (body: RequestBody) => send<RequestView>("/api/requests", body),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ["requests"] });
      announce(t("ask.sent"));
      navigate("/");
    },
  });
  const window = asWindow(typed, now());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!device || services.length === 0 || !window) return;
    ask.mutate({ device: device.id, services, window, zone: ownZone, reason: reason.trim(), plan: plan.trim() });
  };
  return (
    <form onSubmit={submit}>
      <Card>
        <div className={css.steps}>
          <DeviceChoice
            devices={devices}
            chosen={chosen}
            choose={(id) => {
              setChosen(id);
              setServices([]);
            }}
          />
          {device && <ServiceChoice device={device} chosen={services} choose={setServices} />}
          <WindowChoice value={typed} onChange={setTyped} siteZone={device?.zone} />
          <Textarea
            label={t("ask.reason")}
            description={t("ask.reasonHelp")}
            required
            autosize
            minRows={2}
            maxLength={limits.reasonCharacters}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Textarea
            label={t("ask.plan")}
            description={t("ask.planHelp")}
            required
            autosize
            minRows={4}
            maxLength={limits.planCharacters}
            value={plan}
            onChange={(event) => setPlan(event.currentTarget.value)}
          />
          {ask.isError && <Failure error={ask.error} />}
          <div>
            <Button
              type="submit"
              size="lg"
              loading={ask.isPending}
              disabled={!ready || !device || services.length === 0 || !window}
            >
              {t("ask.send")}
            </Button>
            <p className={css.hint}>{t("ask.sendHelp")}</p>
          </div>
        </div>
      </Card>
    </form>
  );
}
