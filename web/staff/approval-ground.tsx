import { Checkbox } from "@mantine/core";
import type { ApprovalGround } from "../../protocol/api/approval-ground.ts";
import { Facts } from "../app/card.tsx";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { Note } from "../app/note.tsx";
import { Instant } from "../app/when.tsx";
import css from "./approval-ground.module.css";

/** So much of a fingerprint that two people can read it to each other over the telephone. */
const shortCharacters = 16;

/** Keys that no approver has approved yet. */
export function newKeys(ground: ApprovalGround): ApprovalGround["keys"] {
  return ground.keys.filter(({ approvals }) => approvals === 0);
}

/** What would be signed beside what was asked: the workstation's keys, the agent, and the services' addresses. */
export function GroundFacts({ ground, zone }: { ground: ApprovalGround; zone: string }) {
  const { t } = useText();
  return (
    <Facts
      rows={[
        ...ground.keys.map((key): [string, React.ReactNode] => [
          t(`ground.key.${key.kind}`),
          <span key={key.thumbprint} className={css.key} data-new={key.approvals === 0}>
            <Fingerprint of={key.thumbprint} />
            <span>
              {t("ground.since")} <Instant at={key.since} zone={zone} />
            </span>
            <b>{key.approvals === 0 ? t("ground.never") : t("ground.times", { times: key.approvals })}</b>
          </span>,
        ]),
        [
          t("ground.addresses"),
          <span key="addresses" className={css.lines}>
            {ground.services.map((service) => (
              <span key={service.id}>
                <Name>{service.name}</Name> <code>{`${service.address} : ${service.port}`}</code>
              </span>
            ))}
          </span>,
        ],
        [
          t("ground.agent"),
          <span key="agent" className={css.lines}>
            <Name>{ground.agent.name}</Name>
            <Fingerprint of={ground.agent.key} />
          </span>,
        ],
      ]}
    />
  );
}

/** Says that the workstation is new, and wants it seen: a stolen sign-in asks from a computer of its own. */
export function NewWorkstation(props: { ground: ApprovalGround; seen: boolean; see: (seen: boolean) => void }) {
  const { t } = useText();
  const keys = newKeys(props.ground);
  if (keys.length === 0) return null;
  return (
    <div className={css.warning}>
      <Note title={t("ground.newTitle")}>{t("ground.newHelp")}</Note>
      <ul className={css.lines}>
        {keys.map(({ thumbprint }) => (
          <li key={thumbprint}>
            <Fingerprint of={thumbprint} />
          </li>
        ))}
      </ul>
      <Checkbox
        size="lg"
        label={t("ground.acknowledge")}
        checked={props.seen}
        onChange={(event) => props.see(event.currentTarget.checked)}
      />
    </div>
  );
}

function Fingerprint({ of }: { of: string }) {
  const { t } = useText();
  return (
    <code title={`SHA256:${of}`} aria-label={t("ground.fingerprint", { value: of.slice(0, shortCharacters) })}>
      {`SHA256:${of.slice(0, shortCharacters)}…`}
    </code>
  );
}
