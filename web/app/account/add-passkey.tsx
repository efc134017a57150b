import { PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { OwnAccount, OwnPasskey } from "../../../protocol/api/own-account.ts";
import { limits } from "../../../protocol/limits.ts";
import { computerLabel } from "../computer.ts";
import { FormDialog } from "../form-dialog.tsx";
import { send } from "../http.ts";
import { useText } from "../language.ts";
import { createPasskey, signWithPasskey } from "../passkey.ts";
import { useOwnAccount } from "../queries.ts";
import { OneTimeCode } from "../sign-in.tsx";
import type { PasskeyBegun } from "../views.ts";

/** Another passkey, or a new one in place of one that expires: first the one that there is shows who this is, then the new one is made. */
export function AddPasskey({ close, renews }: { close: () => void; renews: OwnPasskey | null }) {
  const { t } = useText();
  const client = useQueryClient();
  const known = useOwnAccount().data;
  const byPassword = known !== undefined && known.passkeys.length === 0;
  const first = renews?.label ?? computerLabel(navigator.userAgent);
  const nothing = { label: null as string | null, password: "", totp: "" };
  const [typed, setTyped] = useState(nothing);
  const add = async () => {
    // Begun at the press: a passkey that comes after its ceremony is over stays in the authenticator for nothing.
    const begun = await send<PasskeyBegun>("/api/account/passkeys/begin", { renews: renews?.id ?? null });
    const { password, totp } = typed;
    const proof = begun.prove ? { response: await signWithPasskey(begun.prove.options) } : { password, totp };
    const response = await createPasskey(begun.create.options);
    const body = { ceremony: begun.ceremony, label: typed.label ?? first, response, proof };
    client.setQueryData(["account"], await send<OwnAccount>("/api/account/passkeys", body));
    await client.invalidateQueries({ queryKey: ["trust"] });
  };
  return (
    <FormDialog
      close={close}
      title={t(renews ? "account.renewTitle" : "account.addPasskey")}
      confirm={t("account.addNow")}
      done={t("account.added")}
      act={add}
    >
      <p>{t(byPassword ? "account.addByPassword" : renews ? "account.renewHelp" : "account.addHelp")}</p>
      <TextInput
        label={t("account.label")}
        required
        maxLength={limits.nameCharacters}
        value={typed.label ?? first}
        onChange={(event) => setTyped({ ...typed, label: event.currentTarget.value })}
      />
      {byPassword && (
        <>
          <PasswordInput
            label={t("signIn.password")}
            required
            autoComplete="current-password"
            value={typed.password}
            maxLength={limits.passwordCharactersMax}
            onChange={(event) => setTyped({ ...typed, password: event.currentTarget.value })}
            visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          />
          <OneTimeCode value={typed.totp} onChange={(totp) => setTyped({ ...typed, totp })} />
        </>
      )}
    </FormDialog>
  );
}
