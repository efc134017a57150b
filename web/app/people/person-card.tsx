import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { AccountView, OneTimeLink } from "../../../protocol/api/account.ts";
import type { Me } from "../../../protocol/api/me.ts";
import { Card, Facts } from "../card.tsx";
import { send } from "../http.ts";
import { useText } from "../language.ts";
import { Name } from "../name.tsx";
import { ReasonDialog } from "../reason-dialog.tsx";
import css from "../record.module.css";
import { StateBadge, type Tone } from "../state-badge.tsx";
import { Instant } from "../when.tsx";
import { PersonWorkstations } from "./person-workstations.tsx";
import { isSelf, type PlaceChoice } from "./places.ts";
import { RolesForm } from "./roles-form.tsx";

const tones: Record<AccountView["state"], Tone> = {
  invited: "wait",
  active: "open",
  disabled: "calm",
  expired: "stop",
};

interface PersonCardProps {
  me: Me;
  person: AccountView;
  places: readonly PlaceChoice[];
  given: (of: { link: OneTimeLink; mailTo: string | null }) => void;
}

/** One person, and what can be done about them. */
export function PersonCard({ me, person, places, given }: PersonCardProps) {
  const { t } = useText();
  const [asking, setAsking] = useState<"roles" | "turn" | "again" | "recover" | null>(null);
  const close = () => setAsking(null);
  const { state, link } = person;
  const off = state === "disabled";
  return (
    <Card edge={state === "active" ? "open" : state === "invited" ? "wait" : "none"} label={person.name}>
      <div className={css.head}>
        <h2>
          <Name>{person.name}</Name>
        </h2>
        <StateBadge tone={tones[state]}>{t(`person.state.${state}`)}</StateBadge>
      </div>
      <Facts
        rows={[
          [t("person.login"), <Name key="login">{person.login}</Name>],
          ...person.memberships.map((one): [string, React.ReactNode] => [
            one.site?.name ?? one.vendor?.name ?? t("shell.installation"),
            <span key={one.site?.id ?? one.vendor?.id ?? ""}>
              {one.roles.map((role) => t(`role.${role}`)).join(t("shell.comma"))}
              {one.until !== null && (
                <>
                  {" "}
                  ({t("person.until")} <Instant at={one.until} detail="year" />)
                </>
              )}
            </span>,
          ]),
          [
            t("person.invitedBy"),
            person.invitedBy ? <Name key="by">{person.invitedBy.name}</Name> : t("person.byHost"),
          ],
          [
            t("person.lastUsed"),
            person.lastUsedAt === null ? t("shell.never") : <Instant key="used" at={person.lastUsedAt} detail="year" />,
          ],
          link && [
            t(link.reason === null ? "person.linkOpen" : "person.recovering"),
            <span key="link">
              <Instant at={link.expiresAt} detail="year" />
              {link.reason !== null && (
                <>
                  {" "}
                  <Name>{link.by?.name ?? t("person.byHost")}</Name>: <Name long>{link.reason}</Name>
                </>
              )}
            </span>,
          ],
        ]}
      />
      <PersonWorkstations person={person} other={!isSelf(me, person)} />
      {!isSelf(me, person) && (
        <div className={css.foot}>
          <Button variant="default" onClick={() => setAsking("turn")}>
            {t(off ? "record.enable" : "record.disable")}
          </Button>
          {state === "invited" && (
            <Button variant="default" onClick={() => setAsking("again")}>
              {t("person.again")}
            </Button>
          )}
          {(state === "active" || state === "expired") && (
            <Button variant="default" onClick={() => setAsking("recover")}>
              {t("person.recover")}
            </Button>
          )}
          <Button variant="default" onClick={() => setAsking("roles")}>
            {t("person.changeRoles")}
          </Button>
        </div>
      )}
      {asking === "roles" && <RolesForm close={close} person={person} places={places} />}
      <Turning person={person} opened={asking === "turn"} close={close} />
      <Linking
        person={person}
        verb={asking === "again" || asking === "recover" ? asking : null}
        close={close}
        given={given}
      />
    </Card>
  );
}

/** Disable or enable. */
function Turning({ person, opened, close }: { person: AccountView; opened: boolean; close: () => void }) {
  const { t } = useText();
  const client = useQueryClient();
  const off = person.state === "disabled";
  const words = off ? "record.enable" : "record.disable";
  return (
    <ReasonDialog
      opened={opened}
      close={close}
      title={t(words)}
      about={person.id}
      confirm={t(words)}
      done={t("record.done")}
      danger={!off}
      reason="none"
      act={async () => {
        await send(`/api/accounts/${person.id}/${off ? "enable" : "disable"}`);
        await client.invalidateQueries({ queryKey: ["accounts"] });
      }}
    >
      {t(off ? "person.enableAsk" : "person.disableAsk", { name: person.name })}
    </ReasonDialog>
  );
}

/** Another link: of an invitation that was not used, or in place of what was lost. */
function Linking({
  person,
  verb,
  close,
  given,
}: {
  person: AccountView;
  verb: "again" | "recover" | null;
  close: () => void;
  given: PersonCardProps["given"];
}) {
  const { t } = useText();
  const client = useQueryClient();
  const lost = verb === "recover";
  const act = async (reason: string | null) => {
    const link = lost
      ? await send<OneTimeLink>(`/api/accounts/${person.id}/recovery`, { reason })
      : await send<OneTimeLink>(`/api/accounts/${person.id}/invitation`);
    await client.invalidateQueries({ queryKey: ["accounts"] });
    given({ link, mailTo: lost ? null : person.login });
  };
  return (
    <ReasonDialog
      opened={verb !== null}
      close={close}
      title={t(lost ? "person.recover" : "person.again")}
      about={person.id}
      confirm={t(lost ? "person.recoverNow" : "person.again")}
      done={t("record.done")}
      danger={lost}
      reason={lost ? "required" : "none"}
      act={act}
    >
      {t(lost ? "person.recoverAsk" : "person.againAsk", { name: person.name })}
    </ReasonDialog>
  );
}
