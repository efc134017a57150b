import { Button, PasswordInput, Stack } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Me } from "../../protocol/api/sign-in.ts";
import { limits } from "../../protocol/limits.ts";
import { useAction } from "./action.ts";
import { Facts } from "./card.tsx";
import { CopyLine } from "./copy-line.tsx";
import { send } from "./http.ts";
import { useText } from "./language.ts";
import { QrCode } from "./qr-code.tsx";
import { OneTimeCode } from "./sign-in.tsx";
import { Failure } from "./states.tsx";
import type { EnrolmentBegun } from "./views.ts";

interface EnrolPasswordProps {
  code: string;
  begun: EnrolmentBegun;
  totp: NonNullable<EnrolmentBegun["totp"]>;
  done: (me: Me) => void;
}

/** A technician's other way: a password, and an authenticator app that shows that it works. */
export function EnrolPassword({ code, begun, totp, done }: EnrolPasswordProps) {
  const { t } = useText();
  const [password, setPassword] = useState("");
  const [oneTime, setOneTime] = useState("");
  const enrol = useAction({
    mutationFn: () => send<Me>("/api/enrolment/password", { code, ceremony: begun.ceremony, password, totp: oneTime }),
    onSuccess: done,
    onError: () => setOneTime(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enrol.mutate();
  };
  const short = password !== "" && password.length < limits.passwordCharacters;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Facts rows={[[t("signIn.login"), <b key="login">{begun.login}</b>]]} />
        <PasswordInput
          label={t("enrol.password")}
          description={t("enrol.passwordHelp", { count: limits.passwordCharacters })}
          autoComplete="new-password"
          required
          value={password}
          maxLength={limits.passwordCharactersMax}
          error={short ? t("codes.error.password-too-short") : undefined}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
        />
        <div>
          <p>{t("enrol.scan")}</p>
          <QrCode text={totp.uri} label={t("enrol.qr")} />
        </div>
        <div>
          <p>{t("enrol.secret")}</p>
          <CopyLine text={totp.secret} of={t("enrol.secretName")} />
        </div>
        <OneTimeCode value={oneTime} onChange={setOneTime} />
        {enrol.isError && <Failure error={enrol.error} />}
        <Button type="submit" size="lg" loading={enrol.isPending} disabled={short}>
          {t("enrol.withPassword")}
        </Button>
      </Stack>
    </form>
  );
}
