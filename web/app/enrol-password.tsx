import { Button, PasswordInput, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { limits } from "../../protocol/limits.ts";
import { useAction } from "./action.ts";
import { Facts } from "./card.tsx";
import { CopyLine } from "./copy-line.tsx";
import { beginEnrolment, beginsOnce } from "./enrolment.ts";
import { ApiError, send } from "./http.ts";
import { useText } from "./language.ts";
import { QrCode } from "./qr-code.tsx";
import { OneTimeCode } from "./sign-in.tsx";
import { Asked, Failure } from "./states.tsx";
import type { EnrolmentBegun } from "./views.ts";

interface EnrolPasswordProps {
  code: string;
  done: (me: Me) => void;
}

/** A technician's other way: a password, and an authenticator app that shows that it works. */
export function EnrolPassword({ code, done }: EnrolPasswordProps) {
  // Begun here and not with the page: who reads first, or tries a passkey, has all the time to scan.
  const begun = useQuery({
    ...beginsOnce,
    queryKey: ["enrolment", code, "password"],
    queryFn: () => beginEnrolment(code),
    gcTime: 0,
  });
  const again = () => begun.refetch({ throwOnError: true });
  return <Asked query={begun}>{(value) => <Form code={code} begun={value} again={again} done={done} />}</Asked>;
}

/** A try that failed has spent the secret that was scanned; the form goes on with the next one and says so. */
function Form(props: EnrolPasswordProps & { begun: EnrolmentBegun; again: () => Promise<unknown> }) {
  const { code, begun, again, done } = props;
  const { t } = useText();
  const [password, setPassword] = useState("");
  const [oneTime, setOneTime] = useState("");
  const enrol = useAction({
    mutationFn: async () => {
      const body = { code, ceremony: begun.ceremony, password, totp: oneTime };
      try {
        return await send<Me>("/api/enrolment/password", body);
      } catch (error) {
        if (isSpent(error)) await again();
        throw error;
      }
    },
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
        {begun.totp && (
          <>
            <div>
              <p>{t("enrol.scan")}</p>
              <QrCode text={begun.totp.uri} label={t("enrol.qr")} />
            </div>
            <div>
              <p>{t("enrol.secret")}</p>
              <CopyLine text={begun.totp.secret} of={t("enrol.secretName")} />
            </div>
          </>
        )}
        <OneTimeCode value={oneTime} onChange={setOneTime} />
        {enrol.isError &&
          (isSpent(enrol.error) ? (
            <Failure error={enrol.error} title={t(`enrol.spent.${enrol.error.code}`)} next={t("enrol.scanAgain")} />
          ) : (
            <Failure error={enrol.error} />
          ))}
        <Button type="submit" size="lg" loading={enrol.isPending} disabled={short}>
          {t("enrol.withPassword")}
        </Button>
      </Stack>
    </form>
  );
}

function isSpent(error: unknown): error is ApiError & { code: "totp-invalid" | "ceremony-invalid" } {
  return error instanceof ApiError && (error.code === "totp-invalid" || error.code === "ceremony-invalid");
}
