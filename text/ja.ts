import { actions } from "./ja/action.ts";
import { auditProblems } from "./ja/audit-problem.ts";
import { checklistReasons, checklistSteps } from "./ja/checklist.ts";
import { endReasons } from "./ja/end-reason.ts";
import { errors } from "./ja/error.ts";
import { lineFaults } from "./ja/line-fault.ts";
import { lockKinds } from "./ja/lock-kind.ts";
import { nextSteps } from "./ja/next-step.ts";
import { oddities } from "./ja/oddity.ts";
import { reaches } from "./ja/reach.ts";
import { refusals } from "./ja/refusal.ts";
import { roles } from "./ja/role.ts";
import { states } from "./ja/state.ts";

/** Every code that people read, in Japanese. A part that shows one set only, such as the agent, imports that set alone. */
export const ja = {
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
} as const;
