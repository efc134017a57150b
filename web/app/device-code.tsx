import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useAction } from "./action.ts";
import { announce } from "./announce.tsx";
import { Card, Facts } from "./card.tsx";
import { fingerprint } from "./fingerprint.ts";
import { ApiError, send } from "./http.ts";
import { useText } from "./language.ts";
import { Name } from "./name.tsx";
import { Note } from "./note.tsx";
import { PageTitle } from "./page-title.tsx";
import { Failure } from "./states.tsx";
import { tidyUserCode } from "./user-code.ts";
import type { DeviceCode, DeviceCodeVerdict } from "./views.ts";
import { Instant } from "./when.tsx";

/** What proves this browser's workstation when a terminal joins it; staff have no workstation and give null. */
export type ProveTerminal = (code: DeviceCode) => Promise<string | null>;

/**
 * Confirms `genkan login` (RFC 8628). The code is typed, and never taken from the address: a link that holds one could come
 * from whoever wants his own terminal confirmed (section 5.4).
 */
export function DeviceCodePage({ prove }: { prove: ProveTerminal }) {
  const { t } = useText();
  return (
    <Stack gap="lg">
      <PageTitle title={t("device.title")}>{t("device.lead")}</PageTitle>
      <Confirmation prove={prove} />
    </Stack>
  );
}

/** Of one code, from the input to the verdict; nothing that is said of an earlier one comes into it. */
function Confirmation({ prove }: { prove: ProveTerminal }) {
  const { t } = useText();
  const [typed, setTyped] = useState("");
  const lookup = useAction({
    mutationFn: (userCode: string) => send<DeviceCode>("/api/device-codes/lookup", { userCode }),
  });
  const verdict = useAction({
    mutationFn: async ({ code, say }: { code: DeviceCode; say: DeviceCodeVerdict["verdict"] }) => {
      const { userCode } = code;
      const proof = say === "confirm" ? await prove(code) : null;
      await send("/api/device-codes/confirmation", { userCode, verdict: say, proof } satisfies DeviceCodeVerdict);
      return say;
    },
    onSuccess: (say) => announce(t(say === "confirm" ? "device.confirmed" : "device.refused")),
  });
  const find = (event: FormEvent) => {
    event.preventDefault();
    if (typed !== "") lookup.mutate(tidyUserCode(typed));
  };
  const again = () => {
    setTyped("");
    lookup.reset();
    verdict.reset();
  };
  if (verdict.isSuccess) {
    return (
      <Card edge={verdict.data === "confirm" ? "open" : "stop"}>
        <p>{t(verdict.data === "confirm" ? "device.confirmedNext" : "device.refusedNext")}</p>
        <Button variant="default" onClick={again}>
          {t("device.another")}
        </Button>
      </Card>
    );
  }
  if (lookup.data) {
    const code = lookup.data;
    const say = (said: DeviceCodeVerdict["verdict"]) => verdict.mutate({ code, say: said });
    return <Found code={code} busy={verdict.isPending} error={verdict.error} say={say} another={again} />;
  }
  return (
    <form onSubmit={find}>
      <Stack maw={420}>
        <TextInput
          label={t("device.code")}
          description={t("device.codeHelp")}
          placeholder="ABCD-EFGH"
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          required
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {lookup.isError && <CodeFailure error={lookup.error} />}
        <Button type="submit" loading={lookup.isPending}>
          {t("device.find")}
        </Button>
      </Stack>
    </form>
  );
}

/** A code that is wrong, used or expired; which of them is nobody's business. */
function CodeFailure({ error }: { error: unknown }) {
  const { t } = useText();
  const unknown = error instanceof ApiError && error.code === "not-found";
  return unknown ? <Failure error={error} title={t("device.unknown")} /> : <Failure error={error} />;
}

function Found(props: {
  code: DeviceCode;
  busy: boolean;
  error: unknown;
  say: (verdict: DeviceCodeVerdict["verdict"]) => void;
  another: () => void;
}) {
  const { t } = useText();
  const { code } = props;
  return (
    <Card edge="wait" label={t("device.waiting")}>
      <Stack>
        <Note title={t("device.warning")}>{t("device.warningHelp")}</Note>
        <Facts
          rows={[
            [t("device.code"), <b key="code">{code.userCode}</b>],
            [t("device.terminal"), code.label === null ? t("shell.unknown") : <Name key="label">{code.label}</Name>],
            code.thumbprint === null
              ? null
              : [
                  t("device.key"),
                  <span key="key">
                    <code>{fingerprint(code.thumbprint)}</code>
                    {"\n"}
                    {t("device.keyHelp")}
                  </span>,
                ],
            [t("device.address"), code.address],
            [t("device.startedAt"), <Instant key="at" at={code.createdAt} />],
            [t("device.expiresAt"), <Instant key="until" at={code.expiresAt} />],
          ]}
        />
        {props.error !== null && <CodeFailure error={props.error} />}
        <Group>
          <Button loading={props.busy} onClick={() => props.say("confirm")}>
            {t("device.confirm")}
          </Button>
          <Button variant="default" disabled={props.busy} onClick={() => props.say("refuse")}>
            {t("device.refuse")}
          </Button>
          {props.error !== null && (
            <Button variant="subtle" disabled={props.busy} onClick={props.another}>
              {t("device.another")}
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  );
}
