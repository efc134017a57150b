import type { AuditRecordView } from "../../protocol/api/audit.ts";
import type { AuditBody } from "../../protocol/audit.ts";
import { useText } from "../app/language.ts";
import { Name } from "../app/name.tsx";
import { StateBadge, type Tone } from "../app/state-badge.tsx";
import { Instant } from "../app/when.tsx";
import { whyText } from "../app/why.ts";
import { en } from "../text/en.ts";
import { ja } from "../text/ja.ts";
import css from "./log.module.css";

const tones: Record<AuditBody["outcome"], Tone> = { allowed: "open", refused: "stop", done: "note" };

/** One leaf: when, who, what, with which outcome and why; ids and facts on demand. */
export function LogRecord({ record }: { record: AuditRecordView }) {
  const { t, locale } = useText();
  const { body, index } = record;
  const number = `#${index}`;
  if (!body) {
    return (
      <li className={css.record}>
        <span className={css.number}>{number}</span>
        <span>{t(record.state === "damaged" ? "log.damaged" : "log.erased")}</span>
      </li>
    );
  }
  const more = { ...body.subjects, ...body.facts };
  return (
    <li className={css.record}>
      <span className={css.number}>{number}</span>
      <div className={css.body}>
        <div className={css.line}>
          <StateBadge tone={tones[body.outcome]}>{t(`log.outcomes.${body.outcome}`)}</StateBadge>
          <ActionName action={body.action} />
          <span className={css.actor}>
            <ActorName actor={body.actor} />
          </span>
          <span className={css.at}>
            <Instant at={body.at} detail="exact" />
          </span>
        </div>
        {body.outcome === "refused" && body.reasons.length > 0 && (
          <ul className={css.reasons}>
            {body.reasons.map((reason) => (
              <li key={reason}>{whyText(reason, locale)}</li>
            ))}
          </ul>
        )}
        <details>
          <summary>{t("log.details")}</summary>
          <dl className={css.facts}>
            {Object.entries(more).map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  <Name long>{typeof value === "string" ? value : JSON.stringify(value)}</Name>
                </dd>
              </div>
            ))}
          </dl>
          {body.outcome !== "refused" && <p className={css.at}>{body.reasons.join(" · ")}</p>}
          <a href={`/api/audit/proof?index=${index}`} download={`genkan-record-${index}.tlog-proof`}>
            {t("log.proofOne")}
          </a>
        </details>
      </div>
    </li>
  );
}

/** People, agents and gateways have names; of the others the page says what they are. */
function ActorName({ actor }: { actor: AuditBody["actor"] }) {
  const { t } = useText();
  if (actor === null) return <>{t("log.actors.unknown")}</>;
  const { kind, name } = actor;
  if (kind === "system" || kind === "host") return <>{t(`log.actors.${kind}`)}</>;
  return <Name>{kind === "person" ? name : t(`log.actors.${kind}`, { name })}</Name>;
}

/** i18next reads a dot in a key as a step down, and an action has one, so the table is read by hand. */
function ActionName({ action }: { action: string }) {
  const { locale } = useText();
  const names: Record<string, string> = locale === "ja" ? ja.actions : en.actions;
  return (
    <span>
      {names[action]} <code className={css.action}>{action}</code>
    </span>
  );
}
