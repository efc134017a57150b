import { Button, Stack } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { Attest, AttestationList } from "../../protocol/api/attestation.ts";
import type { Me } from "../../protocol/api/me.ts";
import { limits } from "../../protocol/limits.ts";
import { useAction } from "../app/action.ts";
import { announce } from "../app/announce.tsx";
import { Card, Section } from "../app/card.tsx";
import { send } from "../app/http.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { PageTitle } from "../app/page-title.tsx";
import { People } from "../app/people/people.tsx";
import { useAttestations } from "../app/queries.ts";
import { Rows } from "../app/simple-rows.tsx";
import { StateBadge } from "../app/state-badge.tsx";
import { Asked, Failure } from "../app/states.tsx";
import { dayText } from "../app/time.ts";

/** The people of a vendor, for its own administrator: who works there still, and who comes. */
export function PeoplePage({ me }: { me: Me }) {
  const { t } = useText();
  const vendor = me.memberships.find((one) => one.vendor !== null)?.vendor ?? null;
  return (
    <Stack gap="lg">
      <PageTitle title={t("ourPeople.title")}>{t("ourPeople.lead")}</PageTitle>
      <Asked query={useAttestations()}>{({ people }) => <Attestations people={people} />}</Asked>
      <Section title={t("ourPeople.everybody")}>
        <People me={me} places={vendor ? [{ site: null, vendor }] : []} />
      </Section>
    </Stack>
  );
}

/** Until when each is confirmed, and the press that confirms. */
function Attestations({ people }: AttestationList) {
  const { t, locale } = useText();
  const client = useQueryClient();
  const action = useAction({
    mutationFn: (ids: Attest["people"]) => send("/api/attestations", { people: ids }),
    onSuccess: async () => {
      announce(t("ourPeople.confirmed"));
      await client.invalidateQueries({ queryKey: ["attestations"] });
    },
  });
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Section
      title={t("ourPeople.attestation")}
      aside={
        <Button
          loading={action.isPending}
          onClick={() => action.mutate(people.slice(0, limits.attestedAtOnce).map(({ person }) => person.id))}
        >
          {t("ourPeople.confirmAll")}
        </Button>
      }
    >
      <p>{t("ourPeople.attestationHelp")}</p>
      {action.isError && <Failure error={action.error} />}
      <Card>
        <Rows>
          {people.map(({ person, until }) => (
            <li key={person.id}>
              <div>
                <Name>{person.name}</Name>
                <br />
                {t("ourPeople.until", { day: dayText(until, zone, locale, "year") })}
              </div>
              <Standing until={until} />
              <Button
                variant="default"
                disabled={action.isPending}
                aria-label={t("ourPeople.confirmOf", { name: person.name })}
                onClick={() => action.mutate([person.id])}
              >
                {t("ourPeople.confirm")}
              </Button>
            </li>
          ))}
        </Rows>
      </Card>
    </Section>
  );
}

function Standing({ until }: { until: string }) {
  const { t } = useText();
  const left = Date.parse(until) - Date.now();
  if (left <= 0) return <StateBadge tone="stop">{t("ourPeople.suspended")}</StateBadge>;
  if (left <= limits.attestationWarningMs) return <StateBadge tone="wait">{t("ourPeople.soon")}</StateBadge>;
  return <StateBadge tone="open">{t("ourPeople.holds")}</StateBadge>;
}
