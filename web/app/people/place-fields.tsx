import { Checkbox, NativeSelect, Stack, TextInput } from "@mantine/core";
import type { Role } from "../../../protocol/person.ts";
import { useText } from "../language.ts";
import { type PlaceChoice, placeKey, rolesAtPlace } from "./places.ts";

/** What is typed of a membership; `until` is a day, or empty. */
export interface Typed {
  readonly place: string;
  readonly roles: readonly Role[];
  readonly until: string;
}

/** End of a typed day on this computer's clock; null for none. */
export const untilOf = ({ until }: Typed): string | null =>
  until === "" ? null : new Date(`${until}T23:59:59.000`).toISOString();

/** Where, as what, and until when. */
export function PlaceFields({
  places,
  typed,
  type,
  fixed,
}: {
  places: readonly PlaceChoice[];
  typed: Typed;
  type: (part: Partial<Typed>) => void;
  fixed?: boolean;
}) {
  const { t } = useText();
  const place = places.find((one) => placeKey(one) === typed.place);
  const turn = (role: Role, on: boolean) =>
    type({ roles: on ? [...typed.roles, role] : typed.roles.filter((one) => one !== role) });
  return (
    <Stack>
      <NativeSelect
        label={t("person.place")}
        value={typed.place}
        disabled={fixed === true}
        data={places.map((one) => ({
          value: placeKey(one),
          label: one.site?.name ?? one.vendor?.name ?? t("shell.installation"),
        }))}
        onChange={(event) => type({ place: event.currentTarget.value, roles: [] })}
      />
      <Checkbox.Group label={t("person.roles")} value={[...typed.roles]}>
        <Stack gap="xs" mt="xs">
          {(place ? rolesAtPlace(place) : []).map((role) => (
            <Checkbox
              key={role}
              value={role}
              label={t(`role.${role}`)}
              onChange={(event) => turn(role, event.currentTarget.checked)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <TextInput
        type="date"
        label={t("person.until")}
        description={t("person.untilHelp")}
        value={typed.until}
        onChange={(event) => type({ until: event.currentTarget.value })}
      />
    </Stack>
  );
}
