import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountView } from "../../../protocol/api/account.ts";
import { FormDialog } from "../form-dialog.tsx";
import { send } from "../http.ts";
import { useText } from "../language.ts";
import { toLocalInput } from "../time.ts";
import { PlaceFields, type Typed, untilOf } from "./place-fields.tsx";
import { bodyOf, membershipIn, type PlaceChoice, placeKey } from "./places.ts";

/** What somebody is at a place from now on, instead of all that they were there. */
export function RolesForm({
  close,
  person,
  places,
}: {
  close: () => void;
  person: AccountView;
  places: readonly PlaceChoice[];
}) {
  const { t } = useText();
  const client = useQueryClient();
  const ofVendor = person.memberships.some(({ vendor }) => vendor !== null);
  const fitting = places.filter(({ vendor }) => (vendor !== null) === ofVendor);
  const held = (place: PlaceChoice | undefined): Typed => {
    const one = place && membershipIn(person.memberships, place);
    return {
      place: place ? placeKey(place) : "",
      roles: one?.roles ?? [],
      until: one?.until ? toLocalInput(Date.parse(one.until)).slice(0, 10) : "",
    };
  };
  const first = fitting.find((place) => membershipIn(person.memberships, place)) ?? fitting[0];
  const [typed, setTyped] = useState<Typed | null>(null);
  const now = typed ?? held(first);
  const type = (part: Partial<Typed>) =>
    setTyped(
      part.place === undefined ? { ...now, ...part } : held(fitting.find((one) => placeKey(one) === part.place)),
    );
  const save = async () => {
    const place = fitting.find((one) => placeKey(one) === now.place);
    if (!place) return;
    const body = { ...bodyOf(place), roles: now.roles, until: untilOf(now) };
    await send(`/api/accounts/${person.id}/roles`, body);
    await client.invalidateQueries({ queryKey: ["accounts"] });
  };
  return (
    <FormDialog
      close={close}
      title={t("person.rolesTitle", { name: person.name })}
      confirm={t("record.save")}
      done={t("record.done")}
      act={save}
    >
      <p>{t("person.rolesHelp")}</p>
      <PlaceFields places={fitting} typed={now} type={type} />
    </FormDialog>
  );
}
