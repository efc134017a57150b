import { Button, Group, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { AccountView, OneTimeLink } from "../../../protocol/api/account.ts";
import type { Me } from "../../../protocol/api/me.ts";
import { useText } from "../language.ts";
import { OneTimeLinkDialog } from "../one-time-link.tsx";
import { useAccounts } from "../queries.ts";
import { Asked, Empty } from "../states.tsx";
import { InviteForm } from "./invite-form.tsx";
import { PersonCard } from "./person-card.tsx";
import type { PlaceChoice } from "./places.ts";

interface PeopleProps {
  me: Me;
  places: readonly PlaceChoice[];
  /** Other ways by which they come in and go out. */
  beside?: ReactNode;
}

/** People whom this person administers: who they are, where they belong as what, and how they get in. */
export function People({ me, places, beside }: PeopleProps) {
  const { t } = useText();
  const [inviting, setInviting] = useState(false);
  const [search, setSearch] = useState("");
  const [given, setGiven] = useState<{ link: OneTimeLink; mailTo: string | null } | null>(null);
  const wanted = search.trim().toLowerCase();
  const found = (one: AccountView) =>
    [one.name, one.login, ...one.memberships.map(({ site, vendor }) => site?.name ?? vendor?.name ?? "")].some((text) =>
      text.toLowerCase().includes(wanted),
    );
  return (
    <>
      <Group align="flex-end" justify="space-between">
        <TextInput
          label={t("person.search")}
          type="search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Group gap="xs">
          {beside}
          <Button onClick={() => setInviting(true)}>{t("person.invite")}</Button>
        </Group>
      </Group>
      <Asked query={useAccounts()}>
        {({ people }) => (
          <>
            {people.filter(found).length === 0 && <Empty title={t("person.none")}>{t("person.noneHelp")}</Empty>}
            {people.filter(found).map((person) => (
              <PersonCard key={person.id} me={me} person={person} places={places} given={setGiven} />
            ))}
          </>
        )}
      </Asked>
      {inviting && <InviteForm close={() => setInviting(false)} places={places} given={setGiven} />}
      <OneTimeLinkDialog
        link={given?.link ?? null}
        mailTo={given?.mailTo ?? null}
        close={() => {
          setGiven(null);
        }}
      />
    </>
  );
}
