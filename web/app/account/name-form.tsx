import { TextInput } from "@mantine/core";
import { useState } from "react";
import { limits } from "../../../protocol/limits.ts";
import { FormDialog } from "../form-dialog.tsx";
import { useText } from "../language.ts";
import { useOwn } from "./own.ts";

/** What somebody calls a passkey or a computer of theirs. */
export function NameForm({ close, path, label }: { close: () => void; path: string; label: string }) {
  const { t } = useText();
  const own = useOwn();
  const [typed, setTyped] = useState(label);
  return (
    <FormDialog
      close={close}
      title={t("account.rename")}
      confirm={t("record.save")}
      done={t("record.done")}
      act={() => own(path, { label: typed })}
    >
      <TextInput
        label={t("account.label")}
        required
        maxLength={limits.nameCharacters}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
