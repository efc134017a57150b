import { Button, PasswordInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { limits } from "../../../protocol/limits.ts";
import { Section } from "../card.tsx";
import { CopyLine } from "../copy-line.tsx";
import { beginsOnce } from "../enrolment.ts";
import { FormDialog } from "../form-dialog.tsx";
import { send } from "../http.ts";
import { useText } from "../language.ts";
import { QrCode } from "../qr-code.tsx";
import { OneTimeCode } from "../sign-in.tsx";
import { Asked } from "../states.tsx";
import type { PasswordBegun } from "../views.ts";
import { useOwn } from "./own.ts";

/** Password and authenticator app, both changed at once. */
export function Password() {
  const { t } = useText();
  const [opened, setOpened] = useState(false);
  return (
    <Section
      title={t("account.password")}
      aside={
        <Button variant="default" onClick={() => setOpened(true)}>
          {t("account.changePassword")}
        </Button>
      }
    >
      <p>{t("account.passwordHelp")}</p>
      {opened && <ChangeForm close={() => setOpened(false)} />}
    </Section>
  );
}

function ChangeForm({ close }: { close: () => void }) {
  const { t } = useText();
  const own = useOwn();
  const begun = useQuery({
    ...beginsOnce,
    queryKey: ["password-change"],
    queryFn: () => send<PasswordBegun>("/api/account/password/begin"),
    gcTime: 0,
  });
  const [typed, setTyped] = useState({ old: "", oldCode: "", password: "", code: "" });
  const type = (part: Partial<typeof typed>) => setTyped({ ...typed, ...part });
  const change = async () => {
    const { old, oldCode, password, code } = typed;
    const body = { ceremony: begun.data?.ceremony, current: { password: old, totp: oldCode }, password, totp: code };
    try {
      await own("password", body);
    } catch (error) {
      // A try has spent the secret that was scanned.
      type({ code: "", oldCode: "" });
      await begun.refetch();
      throw error;
    }
  };
  const field = (key: "old" | "password", autoComplete: string) => (
    <PasswordInput
      label={t(key === "old" ? "account.oldPassword" : "enrol.password")}
      required
      autoComplete={autoComplete}
      value={typed[key]}
      maxLength={limits.passwordCharactersMax}
      onChange={(event) => type({ [key]: event.currentTarget.value })}
      visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
    />
  );
  return (
    <FormDialog
      close={close}
      title={t("account.changePassword")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={change}
    >
      {field("old", "current-password")}
      <OneTimeCode value={typed.oldCode} onChange={(oldCode) => type({ oldCode })} />
      {field("password", "new-password")}
      <Asked query={begun}>
        {({ totp }) => (
          <>
            <p>{t("account.scanNew")}</p>
            <QrCode text={totp.uri} label={t("enrol.qr")} />
            <CopyLine text={totp.secret} of={t("enrol.secretName")} />
          </>
        )}
      </Asked>
      <OneTimeCode label={t("account.newCode")} value={typed.code} onChange={(code) => type({ code })} />
    </FormDialog>
  );
}
