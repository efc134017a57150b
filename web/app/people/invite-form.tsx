import { TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { OneTimeLink } from "../../../protocol/api/account.ts";
import { limits } from "../../../protocol/limits.ts";
import { useFields } from "../fields.ts";
import { FormDialog } from "../form-dialog.tsx";
import { send } from "../http.ts";
import { useText } from "../language.ts";
import { PlaceFields, type Typed, untilOf } from "./place-fields.tsx";
import { bodyOf, type PlaceChoice, placeKey } from "./places.ts";

interface InviteFormProps {
  close: () => void;
  places: readonly PlaceChoice[];
  given: (of: { link: OneTimeLink; mailTo: string }) => void;
}

/** Somebody new: who they are, where they belong as what, and then their link. */
export function InviteForm({ close, places, given }: InviteFormProps) {
  const { t } = useText();
  const client = useQueryClient();
  const [first] = places;
  const nothing = { name: "", login: "", place: first ? placeKey(first) : "", roles: [], until: "" };
  const { typed, type, text } = useFields<{ name: string; login: string } & Typed>(nothing);
  const place = places.find((one) => placeKey(one) === typed.place) ?? first;
  const invite = async () => {
    if (!place) return;
    const { name, login, roles } = typed;
    const body = { name, login, roles: [...roles], ...bodyOf(place), until: untilOf(typed) };
    const link = await send<OneTimeLink>("/api/accounts", body);
    await client.invalidateQueries({ queryKey: ["accounts"] });
    given({ link, mailTo: login });
  };
  return (
    <FormDialog
      close={close}
      title={t("person.invite")}
      confirm={t("person.inviteNow")}
      done={t("person.invited")}
      act={invite}
    >
      <TextInput label={t("person.name")} required maxLength={limits.nameCharacters} {...text("name")} />
      <TextInput
        label={t("person.login")}
        description={t("person.loginHelp")}
        required
        autoComplete="off"
        maxLength={limits.nameCharacters}
        {...text("login")}
      />
      <PlaceFields places={places} typed={{ ...typed, place: place ? placeKey(place) : "" }} type={type} />
    </FormDialog>
  );
}
