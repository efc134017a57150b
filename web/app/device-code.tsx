import { Button, Group, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useAction } from "./action.ts";
import { announce } from "./announce.tsx";
import { Card, Facts } from "./card.tsx";
import { ApiError, send } from "./http.ts";
import { useText } from "./language.ts";
import { Note } from "./note.tsx";
import { PageTitle } from "./page-title.tsx";
import { Failure } from "./states.tsx";
import { tidyUserCode } from "./user-code.ts";
import type { DeviceCode, DeviceCodeVerdict } from "./views.ts";
import { Instant } from "./when.tsx";

/** What proves this browser's workstation when a terminal joins it; staff have no workstation and give null. */
export type ProveTerminal = (userCode: string) => Promise<string | null>;

function takeCode(): string {
  const code = tidyUserCode(location.hash.slice(1));
  if (location.hash !== "") history.replaceState(history.state, "", location.pathname);
  return code;
}

/** Confirms `genkan login` (RFC 8628): the code is typed, or came with the link. */
export function DeviceCodePage({ prove }: { prove: ProveTerminal }) {
  const { t } = useText();
  const [typed, setTyped] = useState(takeCode);
  const lookup = useAction({
    mutationFn: (userCode: string) => send<DeviceCode>("/api/device-codes/lookup", { userCode }),
  });
  const verdict = useAction({
    mutationFn: async ({ code, say }: { code: DeviceCode; say: DeviceCodeVerdict["verdict"] }) => {
      const userCode = tidyUserCode(code.userCode);
      const proof = say === "confirm" ? await prove(userCode) : null;
      await send("/api/device-codes/confirmation", { userCode, verdict: say, proof } satisfies DeviceCodeVerdict);
      return say;
    },
    onSuccess: (say) => announce(t(say === "confirm" ? "device.confirmed" : "device.refused")),
  });
  const find = (event?: FormEvent) => {
    event?.preventDefault();
    if (typed !== "") lookup.mutate(tidyUserCode(typed));
  };
  // Only the code that came with the link is looked up unasked, once.
  useEffect(() => find(), []);

  const again = () => {
    setTyped("");
    lookup.reset();
    verdict.reset();
  };
  return (
    <Stack gap="lg">
      <PageTitle title={t("device.title")}>{t("device.lead")}</PageTitle>
      {verdict.isSuccess ? (
        <Card edge={verdict.data === "confirm" ? "open" : "stop"}>
          <p>{t(verdict.data === "confirm" ? "device.confirmedNext" : "device.refusedNext")}</p>
          <Button variant="default" onClick={again}>
            {t("device.another")}
          </Button>
        </Card>
      ) : lookup.data ? (
        <Found
          code={lookup.data}
          busy={verdict.isPending}
          error={verdict.error}
          say={(say) => verdict.mutate({ code: lookup.data, say })}
        />
      ) : (
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
            {lookup.isError &&
              (isUnknown(lookup.error) ? (
                <Failure error={lookup.error} title={t("device.unknown")} />
              ) : (
                <Failure error={lookup.error} />
              ))}
            <Button type="submit" loading={lookup.isPending}>
              {t("device.find")}
            </Button>
          </Stack>
        </form>
      )}
    </Stack>
  );
}

/** A code that is wrong, used or expired; which of them is nobody's business. */
function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && error.code === "not-found";
}

function Found(props: {
  code: DeviceCode;
  busy: boolean;
  error: unknown;
  say: (verdict: DeviceCodeVerdict["verdict"]) => void;
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
            [t("device.terminal"), code.label ?? t("shell.unknown")],
            [t("device.address"), code.address],
            [t("device.startedAt"), <Instant key="at" at={code.createdAt} />],
            [t("device.expiresAt"), <Instant key="until" at={code.expiresAt} />],
          ]}
        />
        {props.error !== null && <Failure error={props.error} />}
        <Group>
          <Button loading={props.busy} onClick={() => props.say("confirm")}>
            {t("device.confirm")}
          </Button>
          <Button variant="default" disabled={props.busy} onClick={() => props.say("refuse")}>
            {t("device.refuse")}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}
