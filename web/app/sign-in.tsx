import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Me } from "../../protocol/api/me.ts";
import { useAction } from "./action.ts";
import type { Onward } from "./gate.tsx";
import { send } from "./http.ts";
import { useText } from "./language.ts";
import { Note } from "./note.tsx";
import { PageTitle } from "./page-title.tsx";
import { signWithPasskey } from "./passkey.ts";
import { Failure } from "./states.tsx";
import type { SignInBegun } from "./views.ts";

/** Sign-in. `password`: technicians of the portal may use password and one-time code; staff may not. */
export function SignIn({ password }: { password: boolean }) {
  const { t } = useText();
  const [typing, setTyping] = useState(false);
  const client = useQueryClient();
  const passkey = useAction({
    mutationFn: async () => {
      const begun = await send<SignInBegun>("/api/sign-in/begin");
      const response = await signWithPasskey(begun.options);
      return send<Me>("/api/sign-in/passkey", { ceremony: begun.ceremony, response });
    },
    onSuccess: () => enter(client),
  });
  const lapsed = (history.state as Onward | null)?.lapsed === true;
  return (
    <>
      <PageTitle title={t("signIn.title")}>{t(password ? "signIn.leadPortal" : "signIn.leadStaff")}</PageTitle>
      {lapsed && <Note title={t("signIn.lapsed")}>{t("signIn.lapsedHelp")}</Note>}
      {passkey.isError && <Failure error={passkey.error} />}
      <Button size="lg" fullWidth loading={passkey.isPending} onClick={() => passkey.mutate()}>
        {t("signIn.withPasskey")}
      </Button>
      {password && !typing && (
        <Button variant="subtle" onClick={() => setTyping(true)}>
          {t("signIn.usePassword")}
        </Button>
      )}
      {password && typing && <PasswordForm />}
      <p>{t("signIn.noAccount")}</p>
    </>
  );
}

/** What another person saw in this tab is not for whoever signs in now. */
function enter(client: QueryClient): Promise<void> {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "me" });
  return client.invalidateQueries({ queryKey: ["me"] });
}

function PasswordForm() {
  const { t } = useText();
  const client = useQueryClient();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [totp, setTotp] = useState("");
  const signIn = useAction({
    mutationFn: () => send<Me>("/api/sign-in/password", { login: login.trim(), password, totp }),
    onSuccess: () => enter(client),
    onError: () => setTotp(""),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput
          label={t("signIn.login")}
          autoComplete="username"
          required
          autoFocus
          value={login}
          onChange={(event) => setLogin(event.currentTarget.value)}
        />
        <PasswordInput
          label={t("signIn.password")}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
        />
        <OneTimeCode value={totp} onChange={setTotp} />
        {signIn.isError && <Failure error={signIn.error} />}
        <Button type="submit" variant="default" size="lg" loading={signIn.isPending}>
          {t("signIn.withPassword")}
        </Button>
      </Stack>
    </form>
  );
}

/** Six digits of an authenticator app. */
export function OneTimeCode({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (value: string) => void;
  /** Where there are two of them. */
  label?: string;
}) {
  const { t } = useText();
  return (
    <TextInput
      label={label ?? t("signIn.totp")}
      description={t("signIn.totpHelp")}
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\d{6}"
      maxLength={6}
      required
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.replace(/\D/g, ""))}
    />
  );
}
