import type { ChecklistView } from "../../../protocol/api/checklist.ts";
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

type Step = ChecklistView["steps"][number];

function StepCard({ step }: { step: Step }) {
  const { t } = useText();
  const title = t(`checklistStep.${step.step}`);
  const done = step.why === null;
  const place = placeOf(step);
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
function placeOf({ step, why }: Step) {
  const area = (name: "sites" | "people" | "vendors" | "devices" | "agents") =>
    ({ path: areaPath(name), name: `area.${name}.title` }) as const;
  const agents = { path: "/agents", name: "place.agents" } as const;
  switch (step) {
    case "site":
      return area("sites");
    case "approver":
      return area("people");
    case "vendor":
      return area(why === "technician-missing" ? "people" : "vendors");
    case "agent":
      return area("agents");
    case "trust":
      return agents;
    case "device":
      return why === "device-missing" ? area("devices") : agents;
    case "rehearsal":
      return { path: "/log", name: "place.log" } as const;
    default:
      return null;
  }
}
