import { viewChecklist } from "../authority/checklist.ts";
import type { Context } from "../authority/context.ts";
import { becomeFirstAdministrator } from "../authority/first-run.ts";
import { ChecklistView } from "../protocol/api/checklist.ts";
import { FirstRun, FirstRunView } from "../protocol/api/first-run.ts";
import { limits } from "../protocol/limits.ts";
import { networkOf } from "../protocol/network.ts";
import { hasAdministrator, hasEnrolledStaff, hasFirstCode } from "../store/first-code.ts";
import { type Endpoint, endpoint } from "./endpoint.ts";
import { TryBudget } from "./try-budget.ts";

const staff = ["staff"] as const;

/** Until somebody administers the installation: what its very first page asks. */
export function firstRunRoutes(c: Context): Endpoint[] {
  const tries = new TryBudget(limits.firstCodesPerAddress, limits.firstCodeMs);
  return [
    endpoint({
      method: "GET",
      url: "/api/first-run",
      faces: staff,
      permission: "public",
      audit: "first-run.read",
      reply: FirstRunView,
      handle: async () => {
        const { db } = c.store;
        const at = c.now();
        // A hospital's own people sign in although nobody administers the installation, unless a code is out to make somebody.
        const asked = (await hasFirstCode(db, at)) || !(await hasEnrolledStaff(db, at));
        return { waiting: asked && !(await hasAdministrator(db, at)) };
      },
    }),
    endpoint({
      method: "POST",
      url: "/api/first-run",
      faces: staff,
      permission: "public",
      audit: "first-run.administrator",
      body: FirstRun.body,
      reply: FirstRun.reply,
      status: 201,
      handle: async ({ body, request }) => {
        tries.take(networkOf(request.ip), c.now().getTime());
        return becomeFirstAdministrator(c, body);
      },
    }),
    endpoint({
      method: "GET",
      url: "/api/checklist",
      faces: staff,
      permission: ["administrator"],
      audit: "checklist.read",
      reply: ChecklistView,
      handle: ({ caller }) => viewChecklist(c, caller),
    }),
  ];
}
