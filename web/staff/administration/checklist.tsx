import type { ChecklistStep, ChecklistView } from "../../../protocol/api/checklist.ts";
import { Card } from "../../app/card.tsx";
import { CopyLine } from "../../app/copy-line.tsx";
import { useText } from "../../app/language.ts";
import { useChecklist } from "../../app/queries.ts";
import { Link } from "../../app/router.tsx";
import { Small } from "../../app/rows.tsx";
import { StateBadge } from "../../app/state-badge.tsx";
import { Asked } from "../../app/states.tsx";
import { Instant } from "../../app/when.tsx";
import { Area, areaPath } from "./area.tsx";
import css from "./checklist.module.css";

/** From an empty installation to a first proved session: each step turns green by itself. */
export function ChecklistPage() {
  return (
    <Area name="checklist">
      <Asked query={useChecklist()}>{(list) => <Steps list={list} />}</Asked>
    </Area>
  );
}

function Steps({ list }: { list: ChecklistView }) {
  const { t } = useText();
  const left = list.steps.filter(({ why }) => why !== null).length;
  return (
    <>
      <p role="status">{list.done ? t("checklist.done") : t("checklist.left", { count: left })}</p>
      <ol className={css.steps}>
        {list.steps.map((step) => (
          <li key={step.step}>
            <StepCard step={step} />
          </li>
        ))}
      </ol>
    </>
  );
}

function StepCard({ step }: { step: ChecklistView["steps"][number] }) {
  const { t } = useText();
  const title = t(`checklistStep.${step.step}`);
  const done = step.why === null;
  const place = placeOf[step.step];
  return (
    <Card edge={done ? "open" : "wait"} label={title}>
      <div className={css.head}>
        <h2>{title}</h2>
        <StateBadge tone={done ? "open" : "wait"}>{t(done ? "checklist.isDone" : "checklist.isOpen")}</StateBadge>
      </div>
      {step.why !== null && <p className={css.why}>{t(`checklistReason.${step.why}`)}</p>}
      {step.command !== null && <CopyLine text={step.command} of={t("checklist.command", { step: title })} />}
      {(step.about.length > 0 || step.at !== null) && (
        <Small>
          {step.about.join(t("shell.comma"))} {step.at !== null && <Instant at={step.at} detail="year" />}
        </Small>
      )}
      {!done && place && (
        <p className={css.go}>
          <Link href={place.path}>{t("checklist.go", { place: t(place.name) })}</Link>
        </p>
      )}
    </Card>
  );
}

/** Where it is done, for what is done on a page. */
const placeOf: Readonly<
  Partial<
    Record<
      ChecklistStep,
      {
        path: string;
        name: "area.sites.title" | "area.people.title" | "area.vendors.title" | "place.agents" | "place.log";
      }
    >
  >
> = {
  site: { path: areaPath("sites"), name: "area.sites.title" },
  approver: { path: areaPath("people"), name: "area.people.title" },
  trust: { path: "/agents", name: "place.agents" },
  vendor: { path: areaPath("vendors"), name: "area.vendors.title" },
  device: { path: "/agents", name: "place.agents" },
  rehearsal: { path: "/log", name: "place.log" },
};
