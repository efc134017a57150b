import { actions } from "./en/action.ts";
import { auditProblems } from "./en/audit-problem.ts";
import { checklistReasons, checklistSteps } from "./en/checklist.ts";
import { endReasons } from "./en/end-reason.ts";
import { errors } from "./en/error.ts";
import { lineFaults } from "./en/line-fault.ts";
import { lockKinds } from "./en/lock-kind.ts";
import { nextSteps } from "./en/next-step.ts";
import { oddities } from "./en/oddity.ts";
import { reaches } from "./en/reach.ts";
import { refusals } from "./en/refusal.ts";
import { roles } from "./en/role.ts";
import { states } from "./en/state.ts";
import type { ja } from "./ja.ts";
import type { SameShape } from "./shape.ts";

export const en: SameShape<typeof ja> = {
  actions,
  auditProblems,
  checklistReasons,
  checklistSteps,
  endReasons,
  errors,
  lineFaults,
  lockKinds,
  nextSteps,
  oddities,
  reaches,
  refusals,
  roles,
  states,
};
